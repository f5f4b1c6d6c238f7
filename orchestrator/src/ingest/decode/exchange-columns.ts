/** How a column's value is written. */
export type ColumnType = 'text' | 'bytes' | 'int2' | 'int4' | 'int8' | 'time' | 'bool' | 'headers';

/** What the events of an exchange say about it: columns of `http_transactions` in the order of a row. */
export const EXCHANGE_COLUMNS = [
  ['started_at', 'time'],
  ['method', 'text'],
  ['scheme', 'text'],
  ['host', 'text'],
  ['path', 'bytes'],
  ['url', 'bytes'],
  ['request_target', 'text'],
  ['http_version', 'text'],
  ['peer_address', 'text'],
  ['captured_port', 'int4'],
  ['traceparent', 'text'],
  ['replay_of', 'text'],
  ['status', 'int2'],
  ['reason', 'bytes'],
  ['response_http_version', 'text'],
  ['first_byte_us', 'int8'],
  ['duration_us', 'int8'],
  ['outcome', 'int2'],
  ['request_end', 'int2'],
  ['response_end', 'int2'],
  ['request_body_bytes', 'int8'],
  ['response_body_bytes', 'int8'],
  ['request_captured_bytes', 'int8'],
  ['response_captured_bytes', 'int8'],
  ['request_truncated', 'bool'],
  ['response_truncated', 'bool'],
  ['tls_version', 'text'],
  ['tls_cipher_suite', 'text'],
  ['tls_server_name', 'text'],
  ['tls_alpn', 'text'],
  ['request_headers', 'headers'],
  ['response_headers', 'headers'],
  ['request_trailers', 'headers'],
  ['response_trailers', 'headers'],
] as const satisfies readonly (readonly [string, ColumnType])[];

export type ExchangeColumn = (typeof EXCHANGE_COLUMNS)[number][0];

/** Where each column has its place. */
export const SLOT = Object.fromEntries(EXCHANGE_COLUMNS.map(([name], slot) => [name, slot])) as Readonly<
  Record<ExchangeColumn, number>
>;
