import { Counter, type Registry } from 'prom-client';

/** Registers how many indexes were built. */
export function createIndexMetrics(registry: Registry): Counter {
  return new Counter({
    name: 'culvert_indexes_built_total',
    help: 'Indexes of partitions built by this process.',
    registers: [registry],
  });
}
