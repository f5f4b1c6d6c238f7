import type { Counted } from '../../rollups/tally.ts';
import { EXCHANGE_ROW_COLUMNS } from './exchange-row.ts';

const COLUMN = Object.fromEntries(EXCHANGE_ROW_COLUMNS.map((name, index) => [name, index]));
const indexOf = (name: string): number => COLUMN[name] as number;
const METHOD = indexOf('method');
const PATH = indexOf('path');
const STATUS = indexOf('status');
const OUTCOME = indexOf('outcome');
const RESPONSE_END = indexOf('response_end');
const DURATION = indexOf('duration_us');
const REQUEST_BYTES = indexOf('request_body_bytes');
const RESPONSE_BYTES = indexOf('response_body_bytes');
/** Header blocks stand behind it: they need not be looked at. */
const LAST = Math.max(METHOD, PATH, STATUS, OUTCOME, RESPONSE_END, DURATION, REQUEST_BYTES, RESPONSE_BYTES);

const ROW_HEAD_BYTES = 2;
const LENGTH_BYTES = 4;

const starts = new Int32Array(LAST + 1);
const lengths = new Int32Array(LAST + 1);
/** What the row that was read last says. */
const ROW = {
  unixMs: 0,
  source: Buffer.alloc(0) as Buffer,
  methodStart: 0,
  methodEnd: 0,
  pathStart: 0,
  pathEnd: 0,
  status: undefined as number | undefined,
  outcome: 0,
  responseEnd: 0,
  durationUs: 0,
  requestBytes: 0,
  responseBytes: 0,
};

/**
 * Reads a row as {@link writeExchangeRow} has written it.
 *
 * @param start where the row begins
 * @returns undefined when the exchange has not ended
 */
export function readCountedRow(rows: Buffer, start: number): Counted | undefined {
  let at = start + ROW_HEAD_BYTES;
  for (let column = 0; column <= LAST; column++) {
    const length = int4(rows, at);
    at += LENGTH_BYTES;
    starts[column] = at;
    lengths[column] = length;
    if (length > 0) at += length;
  }
  if ((lengths[OUTCOME] as number) < 0) return undefined;
  ROW.source = rows;
  // A row begins with its UUIDv7, and that with 48 bits of time.
  const id = starts[0] as number;
  ROW.unixMs = rows.readUIntBE(id, 6);
  ROW.methodStart = starts[METHOD] as number;
  ROW.methodEnd = ROW.methodStart + Math.max(0, lengths[METHOD] as number);
  ROW.pathStart = starts[PATH] as number;
  ROW.pathEnd = ROW.pathStart + Math.max(0, lengths[PATH] as number);
  ROW.status = (lengths[STATUS] as number) < 0 ? undefined : int2(rows, starts[STATUS] as number);
  ROW.outcome = int2(rows, starts[OUTCOME] as number);
  ROW.responseEnd = (lengths[RESPONSE_END] as number) < 0 ? 0 : int2(rows, starts[RESPONSE_END] as number);
  ROW.durationUs = int8Of(rows, DURATION);
  ROW.requestBytes = int8Of(rows, REQUEST_BYTES);
  ROW.responseBytes = int8Of(rows, RESPONSE_BYTES);
  return ROW;
}

function int2(bytes: Buffer, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

function int4(bytes: Buffer, at: number): number {
  return (
    ((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)
  );
}

/** A number of a column, 0 where there is none. */
function int8Of(bytes: Buffer, column: number): number {
  if ((lengths[column] as number) < 0) return 0;
  const at = starts[column] as number;
  return int4(bytes, at) * 0x1_0000_0000 + (int4(bytes, at + 4) >>> 0);
}
