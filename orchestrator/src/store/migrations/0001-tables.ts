import { sql, type Kysely } from 'kysely';

/**
 * The tables in the shape that later migrations add to.
 *
 * Time-partitioned tables have no default partition (except `ingest_batches`): ids outside the accepted window are
 * dead-lettered before they get here, and partitions within it are made on demand.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const IDENTITY = `
  cluster text NOT NULL,
  namespace text NOT NULL,
  workload text NOT NULL,
  pod text NOT NULL,
  node text NOT NULL`;

const STATEMENTS = [
  `CREATE TABLE culvert.http_transactions (
    request_id uuid NOT NULL,
    agent_id text NOT NULL,
    boot_id uuid NOT NULL,
    ${IDENTITY},
    received_at timestamptz NOT NULL,
    started_at timestamptz,
    method text,
    scheme text,
    host text,
    path text,
    url text,
    http_version text,
    peer_address text,
    captured_port int4,
    traceparent text,
    replay_of uuid,
    status int2,
    reason text,
    response_http_version text,
    first_byte_us int8,
    duration_us int8,
    outcome int2,
    request_body_bytes int8,
    response_body_bytes int8,
    request_captured_bytes int8,
    response_captured_bytes int8,
    request_truncated bool,
    response_truncated bool,
    tls_version text,
    tls_cipher_suite text,
    tls_server_name text,
    tls_alpn text,
    request_headers bytea,
    response_headers bytea,
    request_trailers bytea,
    response_trailers bytea,
    PRIMARY KEY (request_id)
  ) PARTITION BY RANGE (request_id)`,
  `CREATE INDEX http_transactions_tenancy ON culvert.http_transactions (cluster, namespace, request_id)`,

  `CREATE TABLE culvert.http_bodies (
    request_id uuid NOT NULL,
    direction int2 NOT NULL,
    chunk_offset int8 NOT NULL,
    chunk_bytes int4 NOT NULL,
    last bool NOT NULL,
    encoding int2 NOT NULL,
    agent_id text NOT NULL,
    data bytea NOT NULL,
    PRIMARY KEY (request_id, direction, chunk_offset)
  ) PARTITION BY RANGE (request_id)`,
  `ALTER TABLE culvert.http_bodies ALTER COLUMN data SET STORAGE EXTERNAL`,

  `CREATE TABLE culvert.websocket_frames (
    request_id uuid NOT NULL,
    frame_index int8 NOT NULL,
    agent_id text NOT NULL,
    at timestamptz NOT NULL,
    direction int2 NOT NULL,
    opcode int2,
    fin bool,
    event text,
    event_id text,
    payload_bytes int8 NOT NULL,
    truncated bool NOT NULL,
    payload bytea NOT NULL,
    PRIMARY KEY (request_id, frame_index)
  ) PARTITION BY RANGE (request_id)`,
  `ALTER TABLE culvert.websocket_frames ALTER COLUMN payload SET STORAGE EXTERNAL`,

  `CREATE TABLE culvert.system_metrics (
    agent_id text NOT NULL,
    at timestamptz NOT NULL,
    cluster text NOT NULL,
    namespace text NOT NULL,
    cpu_system_percent float8,
    cpu_process_percent float8,
    memory_used_bytes int8,
    memory_total_bytes int8,
    memory_process_bytes int8,
    network_rx_bytes_per_second float8,
    network_tx_bytes_per_second float8,
    disk_read_bytes_per_second float8,
    disk_write_bytes_per_second float8,
    disk_available_bytes int8,
    PRIMARY KEY (agent_id, at)
  ) PARTITION BY RANGE (at)`,

  `CREATE TABLE culvert.agents (
    agent_id text PRIMARY KEY,
    boot_id uuid NOT NULL,
    ${IDENTITY},
    role text NOT NULL,
    version text NOT NULL,
    config_revision text,
    capabilities text[] NOT NULL DEFAULT '{}',
    first_seen timestamptz NOT NULL,
    last_seen timestamptz NOT NULL
  )`,
  `CREATE INDEX agents_tenancy ON culvert.agents (cluster, namespace)`,

  // Agents report the upper part; ingest counts the lower part in the transaction that stores the events.
  `CREATE TABLE culvert.agent_books (
    agent_id text NOT NULL,
    boot_id uuid NOT NULL,
    kind int2 NOT NULL,
    reported_at timestamptz,
    closing bool NOT NULL DEFAULT false,
    connections int8 NOT NULL DEFAULT 0,
    opaque_connections int8 NOT NULL DEFAULT 0,
    opaque_by_reason jsonb NOT NULL DEFAULT '{}',
    captured int8 NOT NULL DEFAULT 0,
    excluded_by_reason jsonb NOT NULL DEFAULT '{}',
    sampled_out int8 NOT NULL DEFAULT 0,
    dropped_by_reason jsonb NOT NULL DEFAULT '{}',
    truncated int8 NOT NULL DEFAULT 0,
    redaction_withheld int8 NOT NULL DEFAULT 0,
    open int8 NOT NULL DEFAULT 0,
    spooled int8 NOT NULL DEFAULT 0,
    published int8 NOT NULL DEFAULT 0,
    acknowledged int8 NOT NULL DEFAULT 0,
    last_sequence int8 NOT NULL DEFAULT 0,
    crashed_captured_min int8,
    crashed_captured_max int8,
    stored int8 NOT NULL DEFAULT 0,
    dead_lettered int8 NOT NULL DEFAULT 0,
    duplicates_discarded int8 NOT NULL DEFAULT 0,
    ingested_sequence int8 NOT NULL DEFAULT 0,
    PRIMARY KEY (agent_id, boot_id, kind)
  )`,

  // batch_day is the day of the first event's id: fixed by the batch, so a key can't come back in another partition.
  `CREATE TABLE culvert.ingest_batches (
    batch_day date NOT NULL,
    agent_id text NOT NULL,
    boot_id uuid NOT NULL,
    kind int2 NOT NULL,
    first_sequence int8 NOT NULL,
    event_count int4 NOT NULL,
    ingested_at timestamptz NOT NULL,
    PRIMARY KEY (batch_day, agent_id, boot_id, kind, first_sequence, event_count)
  ) PARTITION BY RANGE (batch_day)`,
  `CREATE TABLE culvert.ingest_batches_default PARTITION OF culvert.ingest_batches DEFAULT`,

  // event_index is the event's place in its batch, -1 for a batch that could not be read at all.
  `CREATE TABLE culvert.dead_letters (
    dead_letter_id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    agent_id text NOT NULL,
    boot_id uuid NOT NULL,
    kind int2 NOT NULL,
    first_sequence int8 NOT NULL,
    event_count int4 NOT NULL,
    event_index int4 NOT NULL,
    reason text NOT NULL,
    detail text NOT NULL,
    exchanges int4 NOT NULL,
    subject text NOT NULL,
    payload bytea NOT NULL,
    created_at timestamptz NOT NULL,
    requeued_at timestamptz,
    UNIQUE (agent_id, boot_id, kind, first_sequence, event_count, event_index)
  )`,

  `CREATE TABLE culvert.audit_log (
    audit_id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    cluster text NOT NULL,
    namespace text NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    target text NOT NULL,
    allowed_because text NOT NULL,
    detail jsonb NOT NULL DEFAULT '{}'
  )`,
  `CREATE INDEX audit_log_tenancy ON culvert.audit_log (cluster, namespace, audit_id)`,
];
