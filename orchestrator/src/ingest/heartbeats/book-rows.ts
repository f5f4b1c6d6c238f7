import { Books, EventKind } from '@culvert/proto';
import type pg from 'pg';
import type { ReadHeartbeat } from './read-heartbeat.ts';

/** The part of a book that its agent reports, with its column types. */
const REPORTED = {
  connections: 'int8',
  opaque_connections: 'int8',
  opaque_by_reason: 'jsonb',
  captured: 'int8',
  excluded_by_reason: 'jsonb',
  sampled_out: 'int8',
  dropped_by_reason: 'jsonb',
  truncated: 'int8',
  redaction_withheld: 'int8',
  open: 'int8',
  spooled: 'int8',
  published: 'int8',
  acknowledged: 'int8',
  last_sequence: 'int8',
} as const;
const NAMES = Object.keys(REPORTED) as (keyof typeof REPORTED)[];
const LIST = NAMES.join(', ');
const TYPED = Object.entries(REPORTED)
  .map(([name, type]) => `${name} ${type}`)
  .join(', ');
const REPLACE = NAMES.map((name) => `${name} = excluded.${name}`).join(', ');

// Sorted like what ingest adds to the same rows, so that the two don't wait for each other in a circle.
const UPSERT_BOOKS = `INSERT INTO culvert.agent_books AS book
    (agent_id, boot_id, kind, reported_at, closing, ${LIST})
  SELECT DISTINCT ON (agent_id, boot_id, kind) agent_id, boot_id, kind, at, closing, ${LIST}
  FROM jsonb_to_recordset($1)
    AS row (agent_id text, boot_id uuid, kind int2, at timestamptz, closing bool, ${TYPED})
  ORDER BY agent_id, boot_id, kind, at DESC
  ON CONFLICT (agent_id, boot_id, kind) DO UPDATE SET
    reported_at = excluded.reported_at, closing = book.closing OR excluded.closing, ${REPLACE}
  WHERE book.reported_at IS NULL OR excluded.reported_at >= book.reported_at`;

// What was found on disk after a crash may be newer than the last heartbeat, or older; counters only grow.
const UPSERT_CRASHED_BOOKS = `INSERT INTO culvert.agent_books AS book (agent_id, boot_id, kind, reported_at, ${LIST})
  SELECT DISTINCT ON (agent_id, boot_id, kind) agent_id, boot_id, kind, at, ${LIST}
  FROM jsonb_to_recordset($1) AS row (agent_id text, boot_id uuid, kind int2, at timestamptz, ${TYPED})
  ORDER BY agent_id, boot_id, kind, captured DESC, published DESC
  ON CONFLICT (agent_id, boot_id, kind) DO UPDATE SET
    reported_at = coalesce(book.reported_at, excluded.reported_at), ${REPLACE}
  WHERE (excluded.captured, excluded.published) >= (book.captured, book.published)`;

const NOTE_CRASHES = `UPDATE culvert.agent_books AS book
  SET crashed_captured_min = crash.captured_min, crashed_captured_max = crash.captured_max
  FROM jsonb_to_recordset($1) AS crash (agent_id text, boot_id uuid, captured_min int8, captured_max int8)
  WHERE book.agent_id = crash.agent_id AND book.boot_id = crash.boot_id
    AND book.kind = ${EventKind.EVENT_KIND_EXCHANGE}`;

/** Writes what agents say about their current boots. A book only moves forward in its agent's time. */
export async function upsertBooks(
  client: pg.ClientBase,
  heartbeats: readonly ReadHeartbeat[],
): Promise<void> {
  const rows = heartbeats.flatMap(({ message, owner, bootId, at }) =>
    message.books.map((books) => ({
      ...reported(books),
      agent_id: owner.agentId,
      boot_id: bootId,
      at: new Date(at).toISOString(),
      closing: message.closing,
    })),
  );
  if (rows.length > 0) await client.query(UPSERT_BOOKS, [JSON.stringify(rows)]);
}

/** Writes what agents found out about earlier boots of theirs that ended without goodbye. */
export async function noteCrashedBoots(
  client: pg.ClientBase,
  heartbeats: readonly ReadHeartbeat[],
): Promise<void> {
  const crashes = heartbeats.flatMap(({ message, owner, at }) =>
    message.closedBoots.map((boot) => ({
      boot,
      agent_id: owner.agentId,
      boot_id: boot.bootId.toString('hex'),
      captured_min: boot.capturedMin,
      captured_max: boot.capturedMax,
      at: new Date(at).toISOString(),
    })),
  );
  if (crashes.length === 0) return;
  const rows = crashes.flatMap(({ boot, agent_id, boot_id, at }) =>
    withExchanges(boot.lastBooks).map((books) => ({ ...reported(books), agent_id, boot_id, at })),
  );
  await client.query(UPSERT_CRASHED_BOOKS, [JSON.stringify(rows)]);
  await client.query(NOTE_CRASHES, [JSON.stringify(crashes.map(({ boot: _, ...crash }) => crash))]);
}

/** The bounds of a crash stand in the book of exchanges, so there must be one. */
function withExchanges(books: readonly Books[]): readonly Books[] {
  const kind = EventKind.EVENT_KIND_EXCHANGE;
  return books.some((book) => book.kind === kind) ? books : [...books, Books.create({ kind })];
}

function reported(books: Books): Record<keyof typeof REPORTED | 'kind', unknown> {
  return {
    kind: books.kind,
    connections: books.connections,
    opaque_connections: books.opaqueConnections,
    opaque_by_reason: books.opaqueByReason,
    captured: books.captured,
    excluded_by_reason: books.excludedByReason,
    sampled_out: books.sampledOut,
    dropped_by_reason: books.droppedByReason,
    truncated: books.truncated,
    redaction_withheld: books.redactionWithheld,
    open: books.open,
    spooled: books.spooled,
    published: books.published,
    acknowledged: books.acknowledged,
    last_sequence: books.lastSequence,
  };
}
