import { sql, type Kysely } from 'kysely';

/**
 * From when on exchanges are kept, and where a dead letter stands on its way back.
 *
 * A letter is held while `requeued_at` is null, on its way back until `settled_at` is set, and after that done with.
 * `requeueing` is what letters on their way back count in a book: no longer dead-lettered, not yet stored.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `CREATE TABLE culvert.retention (
    only_row bool PRIMARY KEY DEFAULT true CHECK (only_row),
    kept_since timestamptz NOT NULL
  )`,
  `INSERT INTO culvert.retention (kept_since) VALUES ('epoch')`,
  `ALTER TABLE culvert.dead_letters
    ADD COLUMN requeue_attempts int4 NOT NULL DEFAULT 0,
    ADD COLUMN requeue_token uuid,
    ADD COLUMN requeue_until timestamptz,
    ADD COLUMN settled_at timestamptz`,
  `ALTER TABLE culvert.agent_books ADD COLUMN requeueing int8 NOT NULL DEFAULT 0`,
];
