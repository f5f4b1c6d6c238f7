import { EventKind } from '@culvert/proto';
import type pg from 'pg';
import type { CopyBuffer } from '../../store/copy-buffer.ts';
import { copyIn } from '../../store/copy-in.ts';
import type { BatchPlan } from '../plan.ts';
import { COPY_BODIES } from '../rows/body-row.ts';
import { COPY_EXCHANGES } from '../rows/exchange-row.ts';
import { COPY_FRAMES } from '../rows/frame-row.ts';

/** One row of a batch that stands encoded in the copy buffer. */
export interface WholeRow {
  readonly plan: BatchPlan;
  readonly eventIndex: number;
  readonly start: number;
  readonly end: number;
}

const STATEMENTS: Readonly<Record<number, string>> = {
  [EventKind.EVENT_KIND_EXCHANGE]: COPY_EXCHANGES,
  [EventKind.EVENT_KIND_BODY]: COPY_BODIES,
  [EventKind.EVENT_KIND_FRAME]: COPY_FRAMES,
};

/** Loads all rows of some batches at once. */
export async function copyPlans(
  client: pg.ClientBase,
  kind: number,
  rows: CopyBuffer,
  plans: readonly BatchPlan[],
): Promise<void> {
  await copyRanges(
    client,
    kind,
    rows,
    plans.map((plan) => [plan.rowsStart, plan.rowEnds.at(-1) ?? plan.rowsStart]),
  );
}

/** Loads single rows. */
export async function copyRows(
  client: pg.ClientBase,
  kind: number,
  rows: CopyBuffer,
  chosen: readonly WholeRow[],
): Promise<void> {
  await copyRanges(
    client,
    kind,
    rows,
    chosen.map((row) => [row.start, row.end]),
  );
}

/** The rows of some batches one by one. */
export function wholeRows(plans: readonly BatchPlan[]): WholeRow[] {
  return plans.flatMap((plan) =>
    plan.rowEnds.map((end, i) => ({
      plan,
      eventIndex: plan.rowEvents[i] as number,
      start: plan.rowEnds[i - 1] ?? plan.rowsStart,
      end,
    })),
  );
}

/** Neighbouring ranges go as one slice. */
async function copyRanges(
  client: pg.ClientBase,
  kind: number,
  rows: CopyBuffer,
  ranges: readonly (readonly [number, number])[],
): Promise<void> {
  const joined: [number, number][] = [];
  for (const [start, end] of ranges) {
    const last = joined.at(-1);
    if (start === end) continue;
    if (last !== undefined && last[1] === start) last[1] = end;
    else joined.push([start, end]);
  }
  if (joined.length === 0) return;
  await copyIn(
    client,
    STATEMENTS[kind] as string,
    joined.map(([start, end]) => rows.slice(start, end)),
  );
}
