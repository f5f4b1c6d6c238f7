import type { CopyBuffer } from '../../store/copy-buffer.ts';
import type { Columns } from '../decode/columns.ts';
import { EXCHANGE_COLUMNS, type ColumnType } from '../decode/exchange-columns.ts';

/** The columns that every row of a batch shares. */
const BATCH_COLUMNS = [
  'agent_id',
  'boot_id',
  'cluster',
  'namespace',
  'workload',
  'pod',
  'node',
  'received_at',
];
const EVENT_COLUMNS = EXCHANGE_COLUMNS.map(([name]) => name);
const EVENT_TYPES: readonly ColumnType[] = EXCHANGE_COLUMNS.map(([, type]) => type);
const LIST = ['request_id', ...BATCH_COLUMNS, ...EVENT_COLUMNS].join(', ');
const COUNT = 1 + BATCH_COLUMNS.length + EVENT_COLUMNS.length;
/** The tag of HeaderBlock.headers: the same Header messages as in the event, under another number. */
const HEADERS_TAG = 0x0a;

/** The table of parts that lives for one transaction. */
export const PARTS_TABLE = 'pg_temp.exchange_parts';

export const COPY_EXCHANGES = `COPY culvert.http_transactions (${LIST}) FROM STDIN (FORMAT binary)`;
export const COPY_PARTS = `COPY ${PARTS_TABLE} (${LIST}) FROM STDIN (FORMAT binary)`;
export const CREATE_PARTS = `CREATE TEMP TABLE IF NOT EXISTS exchange_parts
  (LIKE culvert.http_transactions) ON COMMIT DELETE ROWS`;

/**
 * Moves the parts to their rows and returns how many. What a column holds stays, so parts may come in any order and
 * again. Sorted by id, so that two transactions can't wait for each other. Rows of another agent are left alone.
 */
export const UPSERT_PARTS = `WITH written AS (
  INSERT INTO culvert.http_transactions AS stored (${LIST})
  SELECT ${LIST} FROM ${PARTS_TABLE} ORDER BY request_id
  ON CONFLICT (request_id) DO UPDATE SET
    received_at = greatest(stored.received_at, excluded.received_at),
    ${EVENT_COLUMNS.map((name) => `${name} = coalesce(stored.${name}, excluded.${name})`).join(', ')}
  WHERE stored.agent_id = excluded.agent_id
  RETURNING 1)
  SELECT count(*)::int AS count FROM written`;

/** The parts whose rows belong to another agent. */
export const FOREIGN_PARTS = `SELECT part.request_id::text FROM ${PARTS_TABLE} AS part
  JOIN culvert.http_transactions AS stored USING (request_id) WHERE stored.agent_id <> part.agent_id`;

/** Writes one row; `batchColumns` comes from `encodeBatchColumns` for the same batch. */
export function writeExchangeRow(
  rows: CopyBuffer,
  requestId: Buffer,
  batchColumns: Buffer,
  columns: Columns,
): void {
  rows.row(COUNT);
  rows.bytes(requestId);
  rows.raw(batchColumns);
  for (let slot = 0; slot < EVENT_TYPES.length; slot++) writeColumn(rows, slot, columns);
}

function writeColumn(rows: CopyBuffer, slot: number, columns: Columns): void {
  switch (EVENT_TYPES[slot]) {
    case 'text':
      return writeSpan(rows, slot, columns, false);
    case 'bytes':
      return writeSpan(rows, slot, columns, true);
    case 'headers': {
      const block = columns.block(slot);
      if (block === undefined) return rows.empty();
      return rows.tagged(HEADERS_TAG, columns.blockSource(slot), block);
    }
    default:
      writeNumber(rows, slot, columns.number(slot));
  }
}

/** @param emptyIsValue whether an empty text says something, or only that there is none */
function writeSpan(rows: CopyBuffer, slot: number, columns: Columns, emptyIsValue: boolean): void {
  const source = columns.source(slot);
  const start = columns.start(slot);
  const end = columns.end(slot);
  if (source === undefined || (start === end && !emptyIsValue)) rows.empty();
  else rows.span(source, start, end);
}

function writeNumber(rows: CopyBuffer, slot: number, value: number): void {
  if (Number.isNaN(value)) return rows.empty();
  switch (EVENT_TYPES[slot]) {
    case 'int2':
      return rows.int2(value);
    case 'int4':
      return rows.int4(value);
    case 'bool':
      return rows.boolean(value !== 0);
    case 'time':
      return rows.time(value);
    default:
      return rows.int8(value);
  }
}
