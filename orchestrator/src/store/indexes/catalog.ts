import type pg from 'pg';
import type { PartitionIndexes } from './missing.ts';

/** Reads what indexes the partitions of exchanges have, the newest hour first. */
export async function readPartitionIndexes(client: pg.ClientBase): Promise<PartitionIndexes[]> {
  return (await client.query<PartitionIndexes>(PARTITIONS)).rows;
}

/** The schema of the extension that knows trigrams, quoted; undefined when it is not installed. */
export async function trigramSchema(client: pg.ClientBase): Promise<string | undefined> {
  const { rows } = await client.query<{ schema: string }>(
    `SELECT quote_ident(nspname) AS schema FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace
     WHERE extname = 'pg_trgm'`,
  );
  return rows[0]?.schema;
}

const TABLE = `'culvert.http_transactions'::regclass`;
const PARTITIONS = `SELECT child.relname AS partition,
    coalesce((SELECT jsonb_agg(jsonb_build_object('name', own.relname, 'valid', indisvalid))
      FROM pg_index JOIN pg_class AS own ON own.oid = indexrelid
      WHERE indrelid = child.oid AND NOT own.relispartition), '[]') AS own,
    coalesce((SELECT jsonb_agg(jsonb_build_object('name', whole.relname, 'definition', pg_get_indexdef(whole.oid))
        ORDER BY whole.relname)
      FROM pg_index JOIN pg_class AS whole ON whole.oid = indexrelid
      WHERE indrelid = ${TABLE} AND NOT indisunique AND NOT EXISTS (
        SELECT FROM pg_inherits AS parts JOIN pg_index AS part ON part.indexrelid = parts.inhrelid
        WHERE parts.inhparent = whole.oid AND part.indrelid = child.oid)), '[]') AS lacking
  FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid
  WHERE inhparent = ${TABLE} AND NOT inhdetachpending
  ORDER BY child.relname DESC`;
