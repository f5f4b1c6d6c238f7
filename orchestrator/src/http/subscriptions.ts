import type { Registry } from 'prom-client';
import type { GraphQLError } from 'graphql';
import { limitRefusal } from '../query/limit-refusal.ts';
import { createSubscriptionMetrics } from './connection-metrics.ts';

/** How subscriptions travel. */
export type SubscriptionTransport = 'sse' | 'websocket';

/** The subscriptions that a process serves at the moment. */
export interface Subscriptions {
  /**
   * Counts one more.
   *
   * @param end asks it to end
   * @returns what to call when it has ended, or the refusal when there are too many
   */
  begin(transport: SubscriptionTransport, end: () => void): (() => void) | GraphQLError;
  /** Asks all of them to end. */
  endAll(): void;
}

/** Registers `culvert_graphql_subscriptions`. */
export function createSubscriptions(max: number, registry: Registry): Subscriptions {
  const endings = new Set<() => void>();
  const gauge = createSubscriptionMetrics(registry);
  return {
    begin(transport, end) {
      if (endings.size >= max)
        return limitRefusal({
          code: 'TOO_MANY_SUBSCRIPTIONS',
          message: 'This process serves as many subscriptions as it may; try again later',
          limit: 'CULVERT_MAX_SUBSCRIPTIONS',
          allowed: max,
        });
      // Of its own, so that one function given twice counts twice.
      const ending = (): void => {
        end();
      };
      endings.add(ending);
      gauge.inc({ transport });
      return () => {
        if (endings.delete(ending)) gauge.dec({ transport });
      };
    },
    endAll() {
      for (const end of endings) end();
    },
  };
}
