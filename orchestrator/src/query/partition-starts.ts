import { sql } from 'kysely';
import type { Database } from './database.ts';

/** The lowest request ids of the partitions of exchanges that there are, the newest first. */
export async function readPartitionStarts(db: Database): Promise<string[]> {
  const { rows } = await sql<{
    bounds: string | null;
  }>`SELECT pg_get_expr(relpartbound, pg_class.oid) AS bounds FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'culvert.http_transactions'::regclass`.execute(db);
  return rows
    .map(({ bounds }) => /FROM \('([0-9a-f-]{36})'\)/.exec(bounds ?? '')?.[1])
    .filter((start) => start !== undefined)
    .sort()
    .reverse();
}
