import { sql, type RawBuilder, type SqlBool } from 'kysely';
import type { FilterSql } from '../filter/sql.ts';
import type { Database } from './database.ts';
import type { TransactionColumn } from './read-plan.ts';
import type { TransactionRow } from './transaction.ts';
import type { Window } from './transaction-windows.ts';

/** What is read of a window. */
export interface WindowRead {
  readonly columns: readonly TransactionColumn[];
  readonly filter: FilterSql;
  readonly window: Window;
  readonly limit: number;
}

/** How many of the newest exchanges are looked at one by one before a filter's indexes are asked. */
export const PROBED = 2_000;

/** What looking at the newest exchanges has found. */
export interface Probe {
  readonly rows: TransactionRow[];
  /** How many were looked at: all of the window, if fewer than {@link PROBED}. */
  readonly scanned: number;
  /** The lowest id among them. */
  readonly oldest: string | undefined;
}

/**
 * Reads the newest matches of a window in the order of an index that has them in this order: the primary key without
 * a filter, the filter's own otherwise.
 */
export async function readOrdered(db: Database, read: WindowRead): Promise<TransactionRow[]> {
  const { rows } = await newestFirst(
    sql`culvert.http_transactions AS exchanges ${where(within(read.window), read.filter.conditions)}`,
    read,
  ).execute(db);
  return rows;
}

/**
 * Reads the newest matches of a window by whatever indexes lead to all of its matches. `OFFSET 0` keeps the planner
 * from hoping that a walk from the newest one backwards will soon have met enough: it has no idea which filters go
 * together.
 */
export async function readMatches(db: Database, read: WindowRead): Promise<TransactionRow[]> {
  const columns = columnsOf(read.columns);
  const matches = sql`SELECT ${columns} FROM culvert.http_transactions AS exchanges ${where(within(read.window), read.filter.conditions)} OFFSET 0`;
  const { rows } = await newestFirst(sql`(${matches}) AS matches`, read).execute(db);
  return rows;
}

/** Looks at the newest exchanges of a window, whatever they are like, and keeps those that match. */
export async function readProbe(db: Database, read: WindowRead): Promise<Probe> {
  const needed = columnsOf([...new Set([...read.columns, ...read.filter.columns])]);
  const { rows } = await sql<Partial<TransactionRow> & ProbeEdge>`WITH newest AS MATERIALIZED (
      SELECT ${needed} FROM culvert.http_transactions
      ${where(within(read.window), [])} ORDER BY request_id DESC LIMIT ${sql.lit(PROBED)}
    )
    SELECT found.*, edge.scanned, edge.oldest FROM
      (SELECT count(*)::int4 AS scanned, (SELECT request_id FROM newest ORDER BY request_id LIMIT 1) AS oldest
        FROM newest) AS edge
      LEFT JOIN (${newestFirst(sql`newest AS exchanges ${where([], read.filter.conditions)}`, read)}) AS found ON true
    ORDER BY found.request_id DESC`.execute(db);
  const [edge] = rows;
  return {
    // Without any match there is one row, for the edge.
    rows: rows.filter((row): row is TransactionRow & ProbeEdge => row.request_id != null),
    scanned: edge?.scanned ?? 0,
    oldest: edge?.oldest ?? undefined,
  };
}

interface ProbeEdge {
  readonly scanned: number;
  readonly oldest: string | null;
}

function newestFirst(
  source: RawBuilder<unknown>,
  { columns, limit }: WindowRead,
): RawBuilder<TransactionRow> {
  return sql`SELECT ${columnsOf(columns)} FROM ${source} ORDER BY request_id DESC LIMIT ${limit}`;
}

/** As text, because thirty references would be parsed, frozen and visited for each list. The names are our own. */
function columnsOf(columns: readonly TransactionColumn[]): RawBuilder<unknown> {
  return sql.raw(columns.map((column) => `"${column}"`).join(', '));
}

function within({ from, before }: Window): RawBuilder<SqlBool>[] {
  return [
    ...(from === undefined ? [] : [sql<SqlBool>`request_id >= ${from}`]),
    ...(before === undefined ? [] : [sql<SqlBool>`request_id < ${before}`]),
  ];
}

function where(
  range: readonly RawBuilder<SqlBool>[],
  conditions: readonly RawBuilder<SqlBool>[],
): RawBuilder<unknown> {
  const all = [...range, ...conditions];
  return all.length === 0 ? sql`` : sql`WHERE ${sql.join(all, sql` AND `)}`;
}
