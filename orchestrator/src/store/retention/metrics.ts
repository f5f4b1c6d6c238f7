import { Counter, Gauge, type Registry } from 'prom-client';

/** What retention counts and measures. */
export interface RetentionMetrics {
  readonly bytes: Gauge;
  readonly oldestHour: Gauge;
  readonly waiting: Gauge;
  readonly dropped: Counter<'table'>;
  readonly failures: Counter;
  readonly lettersDeleted: Counter;
}

/** Registers the metrics of retention. */
export function createRetentionMetrics(registry: Registry): RetentionMetrics {
  const registers = [registry];
  return {
    bytes: new Gauge({
      name: 'culvert_retention_kept_bytes',
      help: 'What the hours that are kept take in Postgres, indexes included.',
      registers,
    }),
    oldestHour: new Gauge({
      name: 'culvert_retention_oldest_hour_timestamp_seconds',
      help: 'The beginning of the oldest hour that is kept.',
      registers,
    }),
    waiting: new Gauge({
      name: 'culvert_retention_waiting_partitions',
      help: 'Partitions that are to be dropped and that somebody still uses.',
      registers,
    }),
    dropped: new Counter({
      name: 'culvert_partitions_dropped_total',
      help: 'Partitions dropped by this process.',
      labelNames: ['table'],
      registers,
    }),
    failures: new Counter({
      name: 'culvert_retention_failures_total',
      help: 'Passes of retention that failed.',
      registers,
    }),
    lettersDeleted: new Counter({
      name: 'culvert_dead_letters_deleted_total',
      help: 'Dead letters deleted by this process for their age.',
      registers,
    }),
  };
}
