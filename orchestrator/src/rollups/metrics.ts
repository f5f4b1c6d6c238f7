import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What the compactor counts and measures. */
export interface RollupMetrics {
  readonly compactions: Counter;
  readonly failures: Counter;
  readonly duration: Histogram;
  readonly deltas: Counter;
  readonly folds: Counter;
  readonly crowdingDeltas: Counter;
  readonly series: Gauge;
  readonly leading: Gauge;
}

/** Registers the metrics of rollups. */
export function createRollupMetrics(registry: Registry): RollupMetrics {
  const registers = [registry];
  const count = (name: string, help: string): Counter =>
    new Counter({ name: `culvert_rollup_${name}_total`, help, registers });
  return {
    compactions: count('compactions', 'Times that counts were added to minutes, hours and six hours.'),
    failures: count('failed_compactions', 'Compactions that failed and were tried again.'),
    deltas: count('deltas', 'Counts of single transactions that were added to minutes, hours and six hours.'),
    folds: count('learned_folds', 'Positions in paths that were found to have too many values.'),
    crowdingDeltas: count(
      'crowding_deltas',
      'Counts of single transactions that were added to {others}, because their namespace has too many workloads or there are too many namespaces.',
    ),
    series: new Gauge({
      name: 'culvert_rollup_series',
      help: 'Groups of exchanges that are counted apart, as the compacting process knows.',
      registers,
    }),
    leading: new Gauge({
      name: 'culvert_rollup_leading',
      help: '1 in the one process that compacts, 0 in the others.',
      registers,
    }),
    duration: new Histogram({
      name: 'culvert_rollup_compaction_duration_seconds',
      help: 'How long one compaction took.',
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
  };
}
