import type { GraphqlClient } from '../client/graphql.ts';

/** Why something could not be stored. */
export const LETTER_REASONS = [
  'undecodable',
  'malformed',
  'clock',
  'foreign_agent',
  'rejected',
  'expired',
  'other',
] as const;
/** Where a dead letter stands. */
export const LETTER_STATES = ['held', 'requeueing', 'requeued'] as const;

const LARGEST_PAGE = 500;

/** Something that was published and could not be stored. */
export interface DeadLetter {
  readonly id: string;
  readonly reason: string;
  readonly detail: string;
  readonly state: string;
  readonly agentId: string;
  readonly cluster: string | null;
  readonly namespace: string | null;
  readonly kind: string;
  readonly exchanges: number;
  readonly createdAt: string;
  readonly requeuedAt: string | null;
  readonly attempts: number;
  readonly payloadBytes: number;
}

/** What became of letters that were sent back. */
export interface Requeued {
  readonly requeued: number;
  readonly failed: readonly { readonly id: string; readonly reason: string }[];
}

const LIST = `query CliDeadLetters($filter: DeadLetterFilter, $first: Int, $after: String) {
  deadLetters(filter: $filter, first: $first, after: $after) { pageInfo { hasNextPage endCursor } nodes {
    id reason detail state agentId cluster namespace kind exchanges createdAt requeuedAt attempts payloadBytes } } }`;
const REQUEUE = `mutation CliRequeue($ids: [String!], $filter: DeadLetterFilter, $limit: Int) {
  requeueDeadLetters(ids: $ids, filter: $filter, limit: $limit) { requeued failed { id reason } } }`;

/**
 * Lists dead letters, newest first.
 *
 * @param limit at most so many; may be Infinity
 * @throws Failure, Mistake
 */
export async function listDeadLetters(
  client: GraphqlClient,
  filter: unknown,
  limit: number,
): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = [];
  let after: string | null = null;
  do {
    const { deadLetters }: LetterPage = await client.ask<LetterPage>(LIST, {
      filter,
      first: Math.min(limit - letters.length, LARGEST_PAGE),
      after,
    });
    letters.push(...deadLetters.nodes);
    after = deadLetters.pageInfo.hasNextPage ? deadLetters.pageInfo.endCursor : null;
  } while (letters.length < limit && after !== null);
  return letters;
}

/**
 * Sends letters back through the stream, a few hundred at a time.
 *
 * @param which their ids, or a filter and how many at most
 * @throws Failure, Mistake
 */
export async function requeueDeadLetters(
  client: GraphqlClient,
  which: { readonly ids: readonly string[] } | { readonly filter: unknown; readonly limit: number },
): Promise<Requeued> {
  const failed = new Map<string, string>();
  let requeued = 0;
  let left = 'ids' in which ? which.ids.length : which.limit;
  while (left > 0) {
    const count = Math.min(left, LARGEST_PAGE);
    const done = 'ids' in which ? which.ids.length - left : 0;
    const chosen =
      'ids' in which ? { ids: which.ids.slice(done, done + count) } : { filter: which.filter, limit: count };
    const { requeueDeadLetters: result } = await client.ask<{ requeueDeadLetters: Requeued }>(
      REQUEUE,
      chosen,
    );
    requeued += result.requeued;
    for (const { id, reason } of result.failed) failed.set(id, reason);
    left -= count;
    // Of a filter, letters that can't be sent back are chosen first every time.
    if ('filter' in which && result.requeued < count) break;
  }
  return { requeued, failed: [...failed].map(([id, reason]) => ({ id, reason })) };
}

interface LetterPage {
  readonly deadLetters: {
    readonly nodes: readonly DeadLetter[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}
