import { AnswerTooLarge } from '../client/answer-too-large.ts';
import type { GraphqlClient } from '../client/graphql.ts';
import { type Exchange, HEADS, WHOLE, type WholeExchange } from './exchange.ts';

/** The most that a page may hold. */
const LARGEST_PAGE = 500;
/** Bodies may have megabytes each; where they have more, pages become smaller. */
const LARGEST_WHOLE_PAGE = 20;

interface Page<T> {
  readonly transactions: {
    readonly nodes: readonly T[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

/**
 * Lists exchanges, newest first, page by page.
 *
 * @param limit at most so many; may be Infinity
 * @throws Failure, Mistake
 */
export function listExchanges(
  client: GraphqlClient,
  filter: unknown,
  limit: number,
): AsyncGenerator<readonly Exchange[]> {
  return pages<Exchange>(client, `Heads } } } ${HEADS}`, filter, limit, LARGEST_PAGE);
}

/** The same with headers and bodies. */
export function listWholeExchanges(
  client: GraphqlClient,
  filter: unknown,
  limit: number,
): AsyncGenerator<readonly WholeExchange[]> {
  return pages<WholeExchange>(client, `Whole } } } ${WHOLE}`, filter, limit, LARGEST_WHOLE_PAGE);
}

async function* pages<T>(
  client: GraphqlClient,
  selection: string,
  filter: unknown,
  limit: number,
  largest: number,
): AsyncGenerator<readonly T[]> {
  const query = `query CliList($filter: TransactionFilter, $first: Int, $after: String) {
    transactions(filter: $filter, first: $first, after: $after) { pageInfo { hasNextPage endCursor } nodes { ...${selection}`;
  let after: string | null = null;
  let left = limit;
  let most = largest;
  for (;;) {
    const first = Math.min(left, most);
    const page: Page<T> | undefined = await client
      .ask<Page<T>>(query, { filter, first, after })
      .catch((error: unknown) => {
        if (error instanceof AnswerTooLarge && first > 1) return undefined;
        throw error;
      });
    if (page === undefined) {
      most = Math.floor(first / 2);
      continue;
    }
    const { transactions }: Page<T> = page;
    yield transactions.nodes;
    left -= transactions.nodes.length;
    after = transactions.pageInfo.hasNextPage ? transactions.pageInfo.endCursor : null;
    if (left <= 0 || after === null) return;
  }
}
