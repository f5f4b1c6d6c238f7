import type pg from 'pg';
import { HOUR_MS, hourOfPartition } from '../partition-names.ts';

/** An index that a partition of exchanges lacks. */
export interface MissingIndex {
  readonly partition: string;
  readonly name: string;
  /** What stands in its definition from `USING` on. */
  readonly using: string;
  /** The index of the whole table that it is to be a part of; undefined for one of hours that are over. */
  readonly parent: string | undefined;
}

/** What the catalog says of a partition. */
interface PartitionRow {
  readonly partition: string;
  /** Its valid indexes that are not part of one of the whole table. */
  readonly own: readonly string[];
  /** The indexes of the whole table that it has no part of. */
  readonly lacking: readonly { readonly name: string; readonly definition: string }[];
}

/** Exchanges that began in an hour are still coming for a while. */
const LATE_MS = 2 * 60_000;

/**
 * Finds the indexes that partitions lack, the newest hour first: those of the whole table, and those that are only
 * made when an hour is over, because keeping them up to date while exchanges come costs several times as much.
 *
 * @param now Unix time in milliseconds
 * @param trigrams the schema of the extension pg_trgm; undefined when there is none
 */
export async function findMissingIndexes(
  client: pg.ClientBase,
  now: number,
  trigrams: string | undefined,
): Promise<MissingIndex[]> {
  const { rows } = await client.query<PartitionRow>(PARTITIONS);
  return rows.flatMap((row) => [
    ...ofTable(row),
    ...(isOver(row.partition, now) ? ofHour(row, trigrams) : []),
  ]);
}

function ofTable({ partition, lacking }: PartitionRow): MissingIndex[] {
  return lacking.map(({ name, definition }) => ({
    partition,
    name: `${partition}${name.slice('http_transactions'.length)}`,
    using: definition.slice(definition.indexOf(' USING ') + 1),
    parent: name,
  }));
}

function ofHour({ partition, own }: PartitionRow, trigrams: string | undefined): MissingIndex[] {
  const wanted = {
    path: 'USING btree (left(path, 255) COLLATE "C")',
    ...(trigrams !== undefined && {
      url: `USING gin (lower(url COLLATE "C") ${trigrams}.gin_trgm_ops)`,
    }),
  };
  return Object.entries(wanted)
    .map(([suffix, using]) => ({ partition, name: `${partition}_${suffix}`, using, parent: undefined }))
    .filter(({ name }) => !own.includes(name));
}

function isOver(partition: string, now: number): boolean {
  return hourOfPartition(partition) + HOUR_MS + LATE_MS <= now;
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
    coalesce((SELECT jsonb_agg(own.relname)
      FROM pg_index JOIN pg_class AS own ON own.oid = indexrelid
      WHERE indrelid = child.oid AND indisvalid AND NOT own.relispartition), '[]') AS own,
    coalesce((SELECT jsonb_agg(jsonb_build_object('name', whole.relname, 'definition', pg_get_indexdef(whole.oid))
        ORDER BY whole.relname)
      FROM pg_index JOIN pg_class AS whole ON whole.oid = indexrelid
      WHERE indrelid = ${TABLE} AND NOT indisunique AND NOT EXISTS (
        SELECT FROM pg_inherits AS parts JOIN pg_index AS part ON part.indexrelid = parts.inhrelid
        WHERE parts.inhparent = whole.oid AND part.indrelid = child.oid)), '[]') AS lacking
  FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid
  WHERE inhparent = ${TABLE} AND NOT inhdetachpending
  ORDER BY child.relname DESC`;
