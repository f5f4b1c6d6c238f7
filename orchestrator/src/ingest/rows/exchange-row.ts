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
/** The columns of a row in their order. */
export const EXCHANGE_ROW_COLUMNS: readonly string[] = ['request_id', ...BATCH_COLUMNS, ...EVENT_COLUMNS];
const LIST = EXCHANGE_ROW_COLUMNS.join(', ');
const COUNT = EXCHANGE_ROW_COLUMNS.length;
/** The tag of HeaderBlock.headers: the same Header messages as in the event, under another number. */
export const HEADERS_TAG = 0x0a;

/** The table of parts that lives for one transaction. */
export const PARTS_TABLE = 'pg_temp.exchange_parts';

export const COPY_EXCHANGES = `COPY culvert.http_transactions (${LIST}) FROM STDIN (FORMAT binary)`;
export const COPY_PARTS = `COPY ${PARTS_TABLE} (${LIST}) FROM STDIN (FORMAT binary)`;
export const CREATE_PARTS = `CREATE TEMP TABLE IF NOT EXISTS exchange_parts
  (LIKE culvert.http_transactions) ON COMMIT DELETE ROWS`;

/** What an upsert changed in what an exchange is counted by: bits of the column `counted`. */
export const COUNTED = { begins: 1, statusWasUnknown: 2, methodWasUnknown: 4, pathWasUnknown: 8 } as const;

const KNOWN_NOW = (bit: number, column: string): string =>
  `CASE WHEN stored.${column} IS NULL AND excluded.${column} IS NOT NULL THEN ${bit} ELSE 0 END`;

/**
 * Moves the parts to their rows. Returns how many in each row, beside one row for each exchange that has ended now or
 * is to be counted otherwise than before, if there is any. What a column holds stays, so parts may come in any order
 * and again. Sorted by id, so that two transactions can't wait for each other. Rows of another agent are left alone.
 */
export const UPSERT_PARTS = `WITH written AS (
  INSERT INTO culvert.http_transactions AS stored (${LIST}, counted)
  SELECT ${LIST}, CASE WHEN outcome IS NULL THEN 0 ELSE ${COUNTED.begins} END
  FROM ${PARTS_TABLE} ORDER BY request_id
  ON CONFLICT (request_id) DO UPDATE SET
    received_at = greatest(stored.received_at, excluded.received_at),
    ${EVENT_COLUMNS.map((name) => `${name} = coalesce(stored.${name}, excluded.${name})`).join(', ')},
    counted = CASE
      WHEN stored.outcome IS NULL THEN CASE WHEN excluded.outcome IS NULL THEN 0 ELSE ${COUNTED.begins} END
      ELSE ${KNOWN_NOW(COUNTED.statusWasUnknown, 'status')}
        + ${KNOWN_NOW(COUNTED.methodWasUnknown, 'method')} + ${KNOWN_NOW(COUNTED.pathWasUnknown, 'path')} END
  WHERE stored.agent_id = excluded.agent_id
  RETURNING request_id, cluster, namespace, workload, method, path, status, duration_us, outcome, response_end,
    request_body_bytes, response_body_bytes, counted)
  SELECT total.count, written.request_id::text, cluster, namespace, workload, method,
    split_part(path, '?', 1) AS path, status, duration_us, outcome, response_end,
    request_body_bytes, response_body_bytes, counted
  FROM (SELECT count(*)::int AS count FROM written) AS total LEFT JOIN written ON counted > 0`;

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
