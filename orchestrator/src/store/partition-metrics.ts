import { Counter, type Registry } from 'prom-client';

/** What is counted about partitions being made. */
export interface PartitionMetrics {
  readonly made: Counter<'table'>;
}

/** Registers the metrics of partitions. */
export function createPartitionMetrics(registry: Registry): PartitionMetrics {
  return {
    made: new Counter({
      name: 'culvert_partitions_created_total',
      help: 'Partitions created by this process.',
      labelNames: ['table'],
      registers: [registry],
    }),
  };
}
