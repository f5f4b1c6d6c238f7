import { sql, type Kysely } from 'kysely';

/**
 * Indexes behind the filters of exchanges. Each ends in the request id, so that the newest of one value are read in
 * order, and cuts what clients of an application could make too long for an entry. Texts are compared by their bytes:
 * sorting them by a language costs more than all the rest.
 *
 * They are made for the table alone: partitions to come get them when they are made, and those that are there already
 * get them from the index keeper, one after the other and without keeping anybody waiting.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  ...Object.entries({
    namespace: 'namespace COLLATE "C"',
    workload: 'workload COLLATE "C"',
    agent: 'agent_id COLLATE "C"',
    method: 'left(method, 64) COLLATE "C"',
    status: 'status',
    host: `hashtext(lower(split_part(host, ':', 1) COLLATE "C"))`,
    duration: '(floor(4 * ln((duration_us + 1)::float8))::int2)',
  }).map(
    ([name, key]) =>
      `CREATE INDEX http_transactions_${name} ON ONLY culvert.http_transactions (${key}, request_id)`,
  ),
  // Nearly all exchanges are complete, whose outcome is 1.
  `CREATE INDEX http_transactions_unusual ON ONLY culvert.http_transactions (outcome, request_id)
    WHERE outcome IS DISTINCT FROM 1`,
  // Parts of URLs are looked up by their trigrams. Where the extension can't be had, they are still found, only slower.
  `DO $$ BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA culvert;
  EXCEPTION WHEN insufficient_privilege OR feature_not_supported OR undefined_file OR unique_violation THEN
    RAISE WARNING 'pg_trgm is not available: %', SQLERRM;
  END $$`,
];
