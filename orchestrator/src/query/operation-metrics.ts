import { Histogram, type Registry } from 'prom-client';

/** Counts and times GraphQL operations by their names. */
export interface OperationMetrics {
  /** An operation has been answered. */
  observe(name: string | undefined, failed: boolean, milliseconds: number): void;
}

/** Clients choose the names, so only so many get time series of their own. */
const MAX_NAMES = 100;

/** Registers `culvert_graphql_operation_duration_seconds`. */
export function createOperationMetrics(registry: Registry): OperationMetrics {
  const duration = new Histogram({
    name: 'culvert_graphql_operation_duration_seconds',
    help: 'How long GraphQL operations took, by their name and whether they had errors.',
    labelNames: ['operation', 'outcome'],
    buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3],
    registers: [registry],
  });
  const names = new Set<string>();
  const nameOf = (name: string | undefined): string => {
    if (name === undefined) return 'unnamed';
    if (names.size < MAX_NAMES && name.length <= 64) names.add(name);
    return names.has(name) ? name : 'other';
  };
  return {
    observe: (name, failed, milliseconds) => {
      duration.observe({ operation: nameOf(name), outcome: failed ? 'error' : 'ok' }, milliseconds / 1_000);
    },
  };
}
