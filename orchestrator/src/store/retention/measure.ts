import type pg from 'pg';
import { readKeptSince } from '../partition-ddl.ts';
import { HOURLY_TABLES, hourOfPartition } from '../partition-names.ts';
import type { KeptHour } from './decide.ts';

/** A partition of an hour, in whatever state it is. */
export interface HourlyPartition {
  readonly name: string;
  readonly parent: string;
  /** The beginning of its hour, in Unix milliseconds. */
  readonly hour: number;
  readonly bytes: number;
  /** `detaching`: detaching it has begun and not ended; `detached`: a table of its own, waiting to be dropped. */
  readonly state: 'attached' | 'detaching' | 'detached';
}

/** What is kept, and since when. */
export interface Measured {
  readonly partitions: readonly HourlyPartition[];
  /** From when on exchanges are kept, in Unix milliseconds. */
  readonly keptSince: number;
}

// Indexes and TOAST are part of it. A table that goes meanwhile has no size.
const MEASURE = `SELECT relname AS name, (regexp_match(relname, $1))[1] AS parent,
    coalesce(pg_total_relation_size(pg_class.oid), 0)::float8 AS bytes,
    CASE WHEN inhparent IS NULL THEN 'detached' WHEN inhdetachpending THEN 'detaching' ELSE 'attached' END AS state
  FROM pg_class LEFT JOIN pg_inherits ON inhrelid = pg_class.oid
  WHERE relnamespace = 'culvert'::regnamespace AND relkind = 'r' AND relname ~ $1`;

/** Reads how large every partition is. */
export async function measurePartitions(client: pg.Pool | pg.ClientBase): Promise<Measured> {
  const { rows } = await client.query<Omit<HourlyPartition, 'hour'>>(MEASURE, [
    `^(${HOURLY_TABLES.join('|')})_\\d{10}$`,
  ]);
  return {
    partitions: rows.map((row) => ({ ...row, hour: hourOfPartition(row.name) })),
    keptSince: await readKeptSince(client),
  };
}

/** The same by hours, of those that can be read. */
export function byHour(partitions: readonly HourlyPartition[]): KeptHour[] {
  const bytes = new Map<number, number>();
  for (const partition of partitions)
    if (partition.state === 'attached')
      bytes.set(partition.hour, (bytes.get(partition.hour) ?? 0) + partition.bytes);
  return [...bytes].map(([hour, size]) => ({ hour, bytes: size }));
}
