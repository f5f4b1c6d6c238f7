import type pg from 'pg';

/** What one transaction adds to a book. */
export interface BookEntry {
  readonly agentId: string;
  readonly bootId: string;
  readonly kind: number;
  stored: number;
  deadLettered: number;
  /** What dead letters on their way back count. */
  requeueing: number;
  duplicatesDiscarded: number;
  /** The highest sequence number that has been seen. */
  ingestedSequence: number;
}

/** The entries of one transaction, made when they are first asked for. */
export interface BookEntries {
  entry(key: { readonly agentId: string; readonly bootId: string; readonly kind: number }): BookEntry;
  /** All that were asked for. */
  all(): readonly BookEntry[];
}

/** Starts without entries. */
export function createBookEntries(): BookEntries {
  const entries = new Map<string, BookEntry>();
  return {
    entry({ agentId, bootId, kind }) {
      const name = `${kind}/${bootId}/${agentId}`;
      const known = entries.get(name);
      if (known !== undefined) return known;
      const made = {
        agentId,
        bootId,
        kind,
        stored: 0,
        deadLettered: 0,
        requeueing: 0,
        duplicatesDiscarded: 0,
        ingestedSequence: 0,
      };
      entries.set(name, made);
      return made;
    },
    all: () => [...entries.values()],
  };
}

// Sorted, so that two transactions that add to the same books wait for each other in one order.
const ADD = `INSERT INTO culvert.agent_books AS book
    (agent_id, boot_id, kind, stored, dead_lettered, requeueing, duplicates_discarded, ingested_sequence)
  SELECT * FROM unnest($1::text[], $2::uuid[], $3::int2[], $4::int8[], $5::int8[], $6::int8[], $7::int8[], $8::int8[])
    AS entry (agent_id, boot_id, kind, stored, dead_lettered, requeueing, duplicates_discarded, ingested_sequence)
  ORDER BY agent_id, boot_id, kind
  ON CONFLICT (agent_id, boot_id, kind) DO UPDATE SET
    stored = book.stored + excluded.stored,
    dead_lettered = book.dead_lettered + excluded.dead_lettered,
    requeueing = book.requeueing + excluded.requeueing,
    duplicates_discarded = book.duplicates_discarded + excluded.duplicates_discarded,
    ingested_sequence = greatest(book.ingested_sequence, excluded.ingested_sequence)`;

/** Adds to the part of the books that ingest keeps. Best done last: it locks what other transactions wait for. */
export async function addToBooks(client: pg.ClientBase, entries: readonly BookEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await client.query(ADD, [
    entries.map((entry) => entry.agentId),
    entries.map((entry) => entry.bootId),
    entries.map((entry) => entry.kind),
    entries.map((entry) => entry.stored),
    entries.map((entry) => entry.deadLettered),
    entries.map((entry) => entry.requeueing),
    entries.map((entry) => entry.duplicatesDiscarded),
    entries.map((entry) => entry.ingestedSequence),
  ]);
}
