import type { CopyBuffer } from '../../store/copy-buffer.ts';
import type { ExchangeColumns } from '../decode/exchange-columns.ts';

/** The columns that every row of a batch shares, then what the events say, in the order in which rows are written. */
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
const EVENT_COLUMNS = [
  'started_at',
  'method',
  'scheme',
  'host',
  'path',
  'url',
  'http_version',
  'peer_address',
  'captured_port',
  'traceparent',
  'replay_of',
  'status',
  'reason',
  'response_http_version',
  'first_byte_us',
  'duration_us',
  'outcome',
  'request_body_bytes',
  'response_body_bytes',
  'request_captured_bytes',
  'response_captured_bytes',
  'request_truncated',
  'response_truncated',
  'tls_version',
  'tls_cipher_suite',
  'tls_server_name',
  'tls_alpn',
  'request_headers',
  'response_headers',
  'request_trailers',
  'response_trailers',
];
const ALL = ['request_id', ...BATCH_COLUMNS, ...EVENT_COLUMNS];
const LIST = ALL.join(', ');

/** The table of parts that lives for one transaction. */
export const PARTS_TABLE = 'pg_temp.exchange_parts';

export const COPY_EXCHANGES = `COPY culvert.http_transactions (${LIST}) FROM STDIN (FORMAT binary)`;
export const COPY_PARTS = `COPY ${PARTS_TABLE} (${LIST}) FROM STDIN (FORMAT binary)`;
export const CREATE_PARTS = `CREATE TEMP TABLE IF NOT EXISTS exchange_parts
  (LIKE culvert.http_transactions) ON COMMIT DELETE ROWS`;

/**
 * Moves the parts to their rows. What a column holds stays, so parts may come in any order and again. Sorted by id,
 * so that two transactions can't wait for each other. Rows of another agent are left alone and not returned.
 */
export const UPSERT_PARTS = `INSERT INTO culvert.http_transactions AS stored (${LIST})
  SELECT ${LIST} FROM ${PARTS_TABLE} ORDER BY request_id
  ON CONFLICT (request_id) DO UPDATE SET
    received_at = greatest(stored.received_at, excluded.received_at),
    ${EVENT_COLUMNS.map((name) => `${name} = coalesce(stored.${name}, excluded.${name})`).join(', ')}
  WHERE stored.agent_id = excluded.agent_id
  RETURNING request_id::text`;

/** Writes one row; `batchColumns` comes from {@link encodeBatchColumns} of the same batch. */
export function writeExchangeRow(
  rows: CopyBuffer,
  requestId: Buffer,
  batchColumns: Buffer,
  columns: ExchangeColumns,
): void {
  rows.row(ALL.length);
  rows.bytes(requestId);
  rows.raw(batchColumns);
  rows.time(columns.startedAt);
  rows.bytes(columns.method);
  rows.bytes(columns.scheme);
  rows.bytes(columns.host);
  rows.bytes(columns.path);
  rows.bytes(columns.url);
  rows.bytes(columns.httpVersion);
  rows.bytes(columns.peerAddress);
  rows.int4(columns.capturedPort);
  rows.bytes(columns.traceparent);
  rows.bytes(columns.replayOf);
  rows.int2(columns.status);
  rows.bytes(columns.reason);
  rows.bytes(columns.responseHttpVersion);
  rows.int8(columns.firstByteUs);
  rows.int8(columns.durationUs);
  rows.int2(columns.outcome);
  rows.int8(columns.requestBodyBytes);
  rows.int8(columns.responseBodyBytes);
  rows.int8(columns.requestCapturedBytes);
  rows.int8(columns.responseCapturedBytes);
  rows.boolean(columns.requestTruncated);
  rows.boolean(columns.responseTruncated);
  rows.bytes(columns.tlsVersion);
  rows.bytes(columns.tlsCipherSuite);
  rows.bytes(columns.tlsServerName);
  rows.bytes(columns.tlsAlpn);
  rows.bytes(columns.requestHeaders);
  rows.bytes(columns.responseHeaders);
  rows.bytes(columns.requestTrailers);
  rows.bytes(columns.responseTrailers);
}
