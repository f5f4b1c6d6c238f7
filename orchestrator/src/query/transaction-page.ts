import pg from 'pg';
import { leadingTime } from '@culvert/traffic/request-id';
import type { ExchangeFilter } from '../filter/exchange-filter.ts';
import { filterSql, idRangeOf, type FilterSql } from '../filter/sql.ts';
import { allOf } from './all-of.ts';
import type { Database } from './database.ts';
import { readPartitionStarts } from './partition-starts.ts';
import type { TransactionColumn } from './read-plan.ts';
import { hourOf } from '../store/partition-names.ts';
import { isCancelled } from './store-fault.ts';
import { tooSlow } from './store-timeout.ts';
import type { TransactionRow } from './transaction.ts';
import { PROBED, readMatches, readOrdered, readProbe } from './transaction-statements.ts';
import { earlierBound, firstWindow, nextWindows, type Progress, type Window } from './transaction-windows.ts';

/** What is asked for: the newest exchanges that match, below a place. */
export interface PageRequest {
  readonly filter: ExchangeFilter;
  readonly limit: number;
  /** The id that all must be below; undefined to begin with the newest one. */
  readonly below: string | undefined;
  readonly columns: readonly TransactionColumn[];
  /** Unix time in milliseconds. */
  readonly now: number;
  /** How long all statements together may take. */
  readonly timeoutMs: number;
}

/**
 * Reads the newest exchanges that match, newest first, in windows of time from the newest one backwards: each is
 * planned for its few partitions only, and most pages need just the first one.
 *
 * @throws GraphQLError `STORE_TIMEOUT` when it takes too long
 */
export async function readPageRows(db: Database, request: PageRequest): Promise<TransactionRow[]> {
  const filter = filterSql(request.filter, request.now);
  const range = idRangeOf(request.filter);
  const bounds: Window = { from: range.from, before: earlierBound(range.before, request.below) };
  if (filter === undefined || isEmpty(bounds)) return [];
  const walk = startWalk(db, request, filter);
  try {
    return await walk.run(bounds);
  } catch (error) {
    throw isCancelled(error) ? tooSlow(filter.fields, error) : error;
  }
}

const LEAST_SPAN_MS = 1_000;
/** How long after its end an hour has all indexes as a rule, however many exchanges it holds. */
const INDEXED_AFTER_MS = 10 * 60_000;

function isEmpty({ from, before }: Window): boolean {
  return from !== undefined && before !== undefined && from >= before;
}

function startWalk(db: Database, { columns, limit, now, timeoutMs }: PageRequest, filter: FilterSql) {
  const rows: TransactionRow[] = [];
  const ordered = filter.ordered || filter.conditions.length === 0;
  const deadline = performance.now() + timeoutMs;
  const sliced = filter.indexedLater ? hourOf(now - INDEXED_AFTER_MS) : Number.POSITIVE_INFINITY;

  async function run(bounds: Window): Promise<TransactionRow[]> {
    const first = firstWindow(bounds, now);
    let position = await (ordered ? readAll(first) : probe(first));
    if (rows.length >= limit) return rows;
    const top = bounds.before === undefined ? now : Math.min(leadingTime(bounds.before), now);
    const starts = await readPartitionStarts(db);
    for (let leastMs = LEAST_SPAN_MS; ; leastMs *= 4) {
      if (rows.length >= limit) return rows;
      const windows = nextWindows(bounds, position, starts, progressTo(position, top, leastMs), sliced);
      const last = windows.at(-1);
      if (last === undefined) return rows;
      if (performance.now() > deadline) throw tooSlow(filter.fields);
      await readTogether(windows);
      position = last.from ?? LOWEST;
    }
  }

  /** Ids may be ahead of the clock: then the span grows from round to round. */
  function progressTo(position: string, top: number, leastMs: number): Progress {
    const spanMs = Math.max(top - leadingTime(position), leastMs);
    return { spanMs, found: rows.length, missing: limit - rows.length };
  }

  async function probe(window: Window): Promise<string> {
    const found = await twice(() => readProbe(db, { columns, filter, window, limit }));
    rows.push(...found.rows);
    return found.scanned < PROBED ? (window.from ?? LOWEST) : (found.oldest ?? LOWEST);
  }

  async function readAll(window: Window): Promise<string> {
    await readTogether([window]);
    return window.from ?? LOWEST;
  }

  async function readTogether(windows: readonly Window[]): Promise<void> {
    const read = ordered ? readOrdered : readMatches;
    const missing = limit - rows.length;
    const found = await allOf(
      windows.map((window) => twice(() => read(db, { columns, filter, window, limit: missing }))),
      isCancelled,
    );
    rows.push(...found.flat().slice(0, missing));
  }

  return { run };
}

const LOWEST = '00000000-0000-0000-0000-000000000000';

/** A partition may be dropped between the planning of a statement and its run: once more, it is planned without. */
async function twice<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (isVanishedRelation(error)) return read();
    throw error;
  }
}

function isVanishedRelation(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return false;
  return error.code === '42P01' || (error.code === 'XX000' && /could not open relation/.test(error.message));
}
