import type { Logger } from '@culvert/runtime/log';
import type { Partitions } from '../store/partitions.ts';
import { isMissingPartition } from '../store/refusal.ts';
import type { IngestMetrics } from './metrics.ts';

/** What {@link onceMore} needs. */
export interface OnceMoreOptions {
  readonly partitions: Partitions;
  readonly log: Logger;
  readonly metrics: IngestMetrics;
  /** The kind of what is stored. */
  readonly label: string;
}

/**
 * Stores; and once more when a partition that was known has been dropped, mostly by retention in another replica:
 * then it is made again, or what is too old is put aside.
 *
 * @throws what storing throws for any other reason, or twice
 */
export async function onceMore<T>(
  store: () => Promise<T>,
  { partitions, log, metrics, label }: OnceMoreOptions,
): Promise<T> {
  try {
    return await store();
  } catch (error) {
    if (!isMissingPartition(error)) throw error;
    partitions.forget();
    metrics.failures.inc({ kind: label });
    log.info({ kind: label }, 'an hour was dropped meanwhile, storing once more');
    return store();
  }
}
