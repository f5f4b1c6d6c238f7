import { sql, type Kysely } from 'kysely';

/** The request target where the URL does not tell it, each character a byte; null where it does, or nobody told. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE culvert.http_transactions ADD COLUMN request_target text`.execute(db);
}
