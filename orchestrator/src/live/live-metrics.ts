import { Counter, Gauge, type Registry } from 'prom-client';

/** What feeds count and measure. `feed` is traffic or system_metrics. */
export interface LiveMetrics {
  readonly subscribers: Gauge<'feed'>;
  readonly updates: Counter<'feed'>;
  readonly dropped: Counter<'feed'>;
  readonly refused: Counter<'feed' | 'reason'>;
  readonly duplicates: Counter;
  readonly gaps: Counter;
  readonly lost: Counter;
  readonly openExchanges: Gauge;
  readonly evicted: Counter;
}

/** Registers the metrics of all feeds. */
export function createLiveMetrics(registry: Registry): LiveMetrics {
  const registers = [registry];
  const count = <L extends string>(name: string, help: string, labelNames: L[]): Counter<L> =>
    new Counter({ name: `culvert_live_${name}_total`, help, labelNames, registers });
  return {
    subscribers: new Gauge({
      name: 'culvert_live_subscribers',
      help: 'Subscriptions that are being served.',
      labelNames: ['feed'],
      registers,
    }),
    updates: count('updates', 'Updates put into the queues of subscribers.', ['feed']),
    dropped: count('dropped', 'Updates that a subscriber was too slow for.', ['feed']),
    refused: count(
      'refused',
      'Events and whole messages that are not shown because ingest would refuse them.',
      ['feed', 'reason'],
    ),
    duplicates: count('duplicate_batches', 'Batches that had been heard before.', []),
    gaps: count('gaps', 'Gaps in the sequence numbers of an agent.', []),
    lost: count('lost_events', 'Events missing in these gaps.', []),
    openExchanges: new Gauge({
      name: 'culvert_live_open_exchanges',
      help: 'Exchanges that came in parts and have not ended.',
      registers,
    }),
    evicted: count(
      'evicted_exchanges',
      'Open exchanges whose earlier parts were given up to bound memory.',
      [],
    ),
  };
}
