import type { CopyBuffer } from '../../store/copy-buffer.ts';
import type { Counted, Tally } from '../../rollups/tally.ts';
import type { BatchPlan } from '../plan.ts';
import { readCountedRow } from '../rows/counted-row.ts';
import { COUNTED } from '../rows/exchange-row.ts';
import type { WholeRow } from './whole-rows.ts';
import { leadingTime } from '@culvert/traffic/request-id';

/** Counts all rows of some batches. */
export function tallyPlans(tally: Tally, rows: CopyBuffer, plans: readonly BatchPlan[]): void {
  const bytes = rows.slice(0, rows.position());
  for (const { batch, rowsStart, rowEnds } of plans) {
    let start = rowsStart;
    for (const end of rowEnds) {
      const exchange = readCountedRow(bytes, start);
      if (exchange !== undefined) tally.add(batch.identity, exchange);
      start = end;
    }
  }
}

/** Counts single rows. */
export function tallyRows(tally: Tally, rows: CopyBuffer, chosen: readonly WholeRow[]): void {
  const bytes = rows.slice(0, rows.position());
  for (const { plan, start } of chosen) {
    const exchange = readCountedRow(bytes, start);
    if (exchange !== undefined) tally.add(plan.batch.identity, exchange);
  }
}

/** A row that an upsert has ended, or moved to another group; numbers as the driver hands them over. */
export interface UpsertedRow {
  readonly request_id: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly workload: string;
  readonly method: string | null;
  readonly path: string | null;
  readonly status: number | null;
  readonly outcome: number;
  readonly response_end: number | null;
  readonly duration_us: string | null;
  readonly request_body_bytes: string | null;
  readonly response_body_bytes: string | null;
  /** Bits as {@link COUNTED} names them. */
  readonly counted: number;
}

/**
 * Counts what upserts have changed: an exchange counts when its end comes. What is told of it after that takes it
 * out of the group that it was in and puts it where it belongs.
 */
export function tallyUpserted(tally: Tally, upserted: readonly UpsertedRow[]): void {
  for (const row of upserted) {
    const { counted } = row;
    const status = row.status ?? undefined;
    const method = row.method ?? '';
    const path = row.path ?? '';
    if ((counted & COUNTED.begins) === 0)
      tally.add(
        row,
        countedAs(row, {
          status: (counted & COUNTED.statusWasUnknown) === 0 ? status : undefined,
          method: (counted & COUNTED.methodWasUnknown) === 0 ? method : '',
          path: (counted & COUNTED.pathWasUnknown) === 0 ? path : '',
        }),
        -1,
      );
    tally.add(row, countedAs(row, { status, method, path }));
  }
}

function countedAs(
  row: UpsertedRow,
  group: { readonly status: number | undefined; readonly method: string; readonly path: string },
): Counted {
  const method = Buffer.from(group.method);
  const source = Buffer.concat([method, Buffer.from(group.path)]);
  return {
    unixMs: leadingTime(row.request_id),
    source,
    methodStart: 0,
    methodEnd: method.length,
    pathStart: method.length,
    pathEnd: source.length,
    status: group.status,
    outcome: row.outcome,
    responseEnd: row.response_end ?? 0,
    durationUs: Number(row.duration_us ?? 0),
    requestBytes: Number(row.request_body_bytes ?? 0),
    responseBytes: Number(row.response_body_bytes ?? 0),
  };
}
