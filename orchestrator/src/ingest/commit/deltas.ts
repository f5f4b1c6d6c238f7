import type pg from 'pg';
import type { PathFolds } from '../../rollups/path-folds.ts';
import type { Tally } from '../../rollups/tally.ts';
import { createCopyBuffer } from '../../store/copy-buffer.ts';
import { copyIn } from '../../store/copy-in.ts';
import { COPY_DELTAS, writeDeltaRow } from '../rows/delta-row.ts';

const SCRATCH = createCopyBuffer();

/** Writes what was counted, for the compactor to add to the rollups. */
export async function insertDeltas(client: pg.ClientBase, tally: Tally, folds: PathFolds): Promise<void> {
  const deltas = tally.deltas(folds);
  if (deltas.length === 0) return;
  SCRATCH.clear();
  for (const delta of deltas) writeDeltaRow(SCRATCH, delta);
  // Copied, because the driver sends later what another lane may overwrite.
  await copyIn(client, COPY_DELTAS, [Buffer.from(SCRATCH.slice(0, SCRATCH.position()))]);
}
