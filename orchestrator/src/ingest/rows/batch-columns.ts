import { createCopyBuffer } from '../../store/copy-buffer.ts';
import type { Batch } from '../decode/batch.ts';

const SCRATCH = createCopyBuffer();

/**
 * Writes the columns that all rows of a batch share in `http_transactions`, once, to be copied into each.
 *
 * @param receivedAt Unix time in milliseconds
 */
export function encodeBatchColumns(batch: Batch, receivedAt: number): Buffer {
  SCRATCH.clear();
  SCRATCH.text(batch.key.agentId);
  SCRATCH.bytes(Buffer.from(batch.key.bootId, 'hex'));
  SCRATCH.text(batch.identity.cluster);
  SCRATCH.text(batch.identity.namespace);
  SCRATCH.text(batch.identity.workload);
  SCRATCH.text(batch.identity.pod);
  SCRATCH.text(batch.identity.node);
  SCRATCH.time(Math.round(receivedAt * 1_000));
  return Buffer.from(SCRATCH.slice(0, SCRATCH.position()));
}
