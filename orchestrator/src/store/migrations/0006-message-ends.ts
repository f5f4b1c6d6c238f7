import { sql, type Kysely } from 'kysely';

/** How each message of an exchange ended on the wire: the number of a MessageEnd; null where its agent did not tell. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE culvert.http_transactions ADD COLUMN request_end int2, ADD COLUMN response_end int2`.execute(
    db,
  );
}
