/**
 * The columns that queries read, as the Postgres driver hands them over: `int8` as decimal text, `uuid` as
 * lower-case text.
 */
export interface Tables {
  'culvert.http_transactions': TransactionColumns;
  'culvert.http_bodies': BodyColumns;
  'culvert.agents': AgentColumns;
  'culvert.agent_books': AgentBooksColumns;
  'culvert.system_metrics': SystemMetricsColumns;
  'culvert.dead_letters': DeadLetterColumns;
}

export interface TransactionColumns {
  request_id: string;
  agent_id: string;
  boot_id: string;
  cluster: string;
  namespace: string;
  workload: string;
  pod: string;
  node: string;
  received_at: Date;
  started_at: Date | null;
  method: string | null;
  scheme: string | null;
  host: string | null;
  path: string | null;
  url: string | null;
  /** Each character a byte. */
  request_target: string | null;
  http_version: string | null;
  peer_address: string | null;
  captured_port: number | null;
  traceparent: string | null;
  status: number | null;
  reason: string | null;
  response_http_version: string | null;
  first_byte_us: string | null;
  duration_us: string | null;
  outcome: number | null;
  /** The numbers of MessageEnds. */
  request_end: number | null;
  response_end: number | null;
  request_body_bytes: string | null;
  response_body_bytes: string | null;
  request_captured_bytes: string | null;
  response_captured_bytes: string | null;
  request_truncated: boolean | null;
  response_truncated: boolean | null;
  tls_version: string | null;
  tls_cipher_suite: string | null;
  tls_server_name: string | null;
  tls_alpn: string | null;
  request_headers: Buffer | null;
  response_headers: Buffer | null;
  request_trailers: Buffer | null;
  response_trailers: Buffer | null;
}

/** The columns that hold an encoded HeaderBlock. */
export type BlockColumn = `${'request' | 'response'}_${'headers' | 'trailers'}`;

export interface BodyColumns {
  request_id: string;
  /** The number of a Direction. */
  direction: number;
  chunk_offset: string;
  chunk_bytes: number;
  /** The number of a BodyEncoding. */
  encoding: number;
  agent_id: string;
  data: Buffer;
}

export interface AgentColumns {
  agent_id: string;
  boot_id: string;
  cluster: string;
  namespace: string;
  workload: string;
  pod: string;
  node: string;
  role: string;
  version: string;
  config_revision: string | null;
  last_seen: Date;
}

export interface AgentBooksColumns {
  agent_id: string;
  boot_id: string;
  /** The number of an EventKind. */
  kind: number;
  reported_at: Date | null;
  closing: boolean;
  connections: string;
  opaque_connections: string;
  captured: string;
  excluded_by_reason: Record<string, number | string>;
  sampled_out: string;
  dropped_by_reason: Record<string, number | string>;
  truncated: string;
  open: string;
  spooled: string;
  published: string;
  acknowledged: string;
  last_sequence: string;
  crashed_captured_min: string | null;
  crashed_captured_max: string | null;
  stored: string;
  dead_lettered: string;
  requeueing: string;
  duplicates_discarded: string;
  ingested_sequence: string;
}

export interface SystemMetricsColumns {
  agent_id: string;
  at: Date;
  cpu_system_percent: number | null;
  cpu_process_percent: number | null;
  memory_used_bytes: string | null;
  memory_total_bytes: string | null;
  memory_process_bytes: string | null;
  network_rx_bytes_per_second: number | null;
  network_tx_bytes_per_second: number | null;
  disk_read_bytes_per_second: number | null;
  disk_write_bytes_per_second: number | null;
  disk_available_bytes: string | null;
}

export interface DeadLetterColumns {
  dead_letter_id: string;
  agent_id: string;
  /** The number of an EventKind; 0 for heartbeats. */
  kind: number;
  first_sequence: string;
  event_count: number;
  /** -1 for a whole message. */
  event_index: number;
  reason: string;
  detail: string;
  exchanges: number;
  subject: string;
  payload: Buffer;
  created_at: Date;
  requeued_at: Date | null;
  settled_at: Date | null;
  requeue_attempts: number;
}
