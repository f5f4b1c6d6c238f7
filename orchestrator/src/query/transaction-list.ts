import type { ExchangeFilter } from '../filter/exchange-filter.ts';
import type { QueryContext } from './context.ts';
import type { PageInfo } from './page-info.ts';
import type { ReadPlan } from './read-plan.ts';
import { withoutFilter } from './store-timeout.ts';
import { transactionCursor } from './transaction-cursor.ts';
import { readPageRows } from './transaction-page.ts';
import { completeRows } from './transaction-reader.ts';
import type { Transaction, TransactionRow } from './transaction.ts';

/** A page of exchanges, newest first. */
export interface TransactionPage {
  readonly transactions: readonly Transaction[];
  readonly pageInfo: PageInfo;
}

type ListContext = Pick<QueryContext, 'answer' | 'database' | 'now' | 'sqlTimeoutMs'>;

/** Reads the newest exchanges, newest first, in the same way as a page without a filter. */
export async function readNewest(
  context: ListContext,
  plan: ReadPlan,
  limit: number,
): Promise<Transaction[]> {
  const now = context.now();
  const rows = await withoutFilter(() => readRows(context, plan, {}, limit, undefined, now));
  return completeRows(context, plan, rows, now);
}

/**
 * Reads a page of the exchanges that match a filter.
 *
 * @param first how many at most
 * @param after the id that the page before ended with
 */
export async function readPage(
  context: ListContext,
  plan: ReadPlan,
  filter: ExchangeFilter,
  first: number,
  after: string | undefined,
): Promise<TransactionPage> {
  const now = context.now();
  // One more than asked for tells whether another page follows.
  const rows = await readRows(context, plan, filter, first + 1, after, now);
  const shown = rows.slice(0, first);
  const cursorOf = (row: TransactionRow | undefined): string | undefined =>
    row && transactionCursor(row.request_id);
  return {
    transactions: await completeRows(context, plan, shown, now),
    pageInfo: {
      hasNextPage: rows.length > first,
      hasPreviousPage: after !== undefined,
      startCursor: cursorOf(shown[0]),
      endCursor: cursorOf(shown.at(-1)),
    },
  };
}

function readRows(
  { database, sqlTimeoutMs }: ListContext,
  { columns }: ReadPlan,
  filter: ExchangeFilter,
  limit: number,
  below: string | undefined,
  now: number,
): Promise<TransactionRow[]> {
  return readPageRows(database, { filter, limit, below, columns, now, timeoutMs: sqlTimeoutMs });
}
