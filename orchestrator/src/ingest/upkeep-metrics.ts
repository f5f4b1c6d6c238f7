import { Gauge, type Registry } from 'prom-client';
import type { UpkeepFaults } from './upkeep.ts';

/** Registers the metric of upkeep, which asks all parts when it is read. */
export function createUpkeepMetrics(faults: UpkeepFaults, registry: Registry): void {
  new Gauge({
    name: 'culvert_upkeep_failing',
    help: '1 for work beside storing that fails: what is wrong stands in upkeep of /health/detailed.',
    labelNames: ['part'],
    registers: [registry],
    collect() {
      for (const [part, fault] of Object.entries(faults)) this.set({ part }, fault() === undefined ? 0 : 1);
    },
  });
}
