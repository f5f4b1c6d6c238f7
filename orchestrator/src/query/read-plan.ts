import type { TransactionColumns } from './tables.ts';

/** The two halves of an exchange that carry a body. */
export type Side = 'request' | 'response';
export type TransactionColumn = keyof TransactionColumns;

/** What has to be read for the selected fields of a list of exchanges. */
export interface ReadPlan {
  readonly columns: readonly TransactionColumn[];
  /** Whether the agents of open exchanges are needed, to tell open from incomplete. */
  readonly agents: boolean;
  /** Whose stored body bytes are summed up. */
  readonly bodySizes: ReadonlySet<Side>;
  /** Whose bodies are read. */
  readonly bodies: ReadonlySet<Side>;
}

const STATE = ['agent_id', 'boot_id', 'outcome', 'started_at', 'received_at'] as const;

/**
 * The columns behind each field of `HttpTransaction`. The heavy ones stand here alone: none of them is read unless
 * its own field is selected.
 */
const COLUMNS: Readonly<Record<string, readonly TransactionColumn[]>> = {
  method: ['method'],
  url: ['url'],
  requestTarget: ['request_target'],
  status: ['status'],
  timestamp: ['started_at'],
  agentId: ['agent_id'],
  state: STATE,
  httpVersion: ['http_version'],
  reasonPhrase: ['status', 'reason'],
  responseHttpVersion: ['response_http_version'],
  scheme: ['scheme'],
  host: ['host'],
  path: ['path'],
  cluster: ['cluster'],
  namespace: ['namespace'],
  workload: ['workload'],
  pod: ['pod'],
  node: ['node'],
  peerAddress: ['peer_address'],
  capturedPort: ['captured_port'],
  durationMs: ['duration_us'],
  firstByteMs: ['first_byte_us'],
  requestBodyBytes: ['request_body_bytes', 'request_end', 'outcome'],
  responseBodyBytes: ['response_body_bytes', 'response_end', 'outcome', 'status'],
  requestTruncated: ['request_truncated'],
  responseTruncated: ['response_truncated'],
  traceId: ['traceparent'],
  tls: ['tls_version', 'tls_cipher_suite', 'tls_server_name', 'tls_alpn'],
  receivedAt: ['received_at'],
  requestBodyState: [...STATE, 'request_end', 'request_body_bytes', 'request_captured_bytes'],
  responseBodyState: [...STATE, 'response_end', 'response_body_bytes', 'response_captured_bytes'],
  requestHeaders: ['request_headers'],
  responseHeaders: ['response_headers'],
  requestTrailers: ['request_trailers'],
  responseTrailers: ['response_trailers'],
  requestBody: ['agent_id', 'outcome', 'request_end', 'request_body_bytes'],
  responseBody: ['agent_id', 'outcome', 'response_end', 'response_body_bytes'],
};

/** The names of the fields that have an entry in the plan's table. */
export const PLANNED_FIELDS: readonly string[] = ['requestId', ...Object.keys(COLUMNS)];

/** Decides from the selected fields of `HttpTransaction` what to read. The primary key is always read. */
export function planRead(fields: ReadonlySet<string>): ReadPlan {
  const columns = new Set<TransactionColumn>(['request_id']);
  for (const field of fields) for (const column of COLUMNS[field] ?? []) columns.add(column);
  const sides = (suffix: string): Set<Side> =>
    new Set((['request', 'response'] as const).filter((side) => fields.has(`${side}${suffix}`)));
  const bodySizes = sides('BodyState');
  return {
    columns: [...columns],
    agents: fields.has('state') || bodySizes.size > 0,
    bodySizes,
    bodies: sides('Body'),
  };
}
