import { Gauge, type Registry } from 'prom-client';

/** Registers the number of subscriptions. */
export function createSubscriptionMetrics(registry: Registry): Gauge<'transport'> {
  return new Gauge({
    name: 'culvert_graphql_subscriptions',
    help: 'Subscriptions that are being served, by transport.',
    labelNames: ['transport'],
    registers: [registry],
  });
}

/** Registers the number of WebSockets. */
export function createWebSocketMetrics(registry: Registry): Gauge {
  return new Gauge({
    name: 'culvert_websockets',
    help: 'WebSockets that are open.',
    registers: [registry],
  });
}
