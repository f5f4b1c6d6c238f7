import { createBackoff } from '@culvert/runtime/backoff';
import { Failure } from './failure.ts';
import type { GraphqlClient } from './graphql.ts';

const FIRST_MS = 500;
const LONGEST_MS = 15_000;

/** What happens to a subscription besides its values. */
export interface Interruptions {
  readonly lost: (reason: string) => void;
  /** Connected again; `forMs` after the connection was lost. */
  readonly back: (forMs: number) => void;
}

/**
 * Follows a subscription and connects again whenever that ends, until interrupted. The first connection must work.
 *
 * @throws Failure, Mistake when the first connection can't be made, or when the server refuses for good
 */
export async function* followForever<T>(
  client: GraphqlClient,
  subscription: { readonly query: string; readonly variables: Readonly<Record<string, unknown>> },
  session: {
    readonly now: () => number;
    readonly pause: (milliseconds: number) => Promise<void>;
    readonly signal: AbortSignal;
  },
  interruptions: Interruptions,
): AsyncGenerator<T> {
  const backoff = createBackoff({ firstMs: FIRST_MS, maxMs: LONGEST_MS });
  let connected = false;
  let lostAt: number | undefined;
  const onConnected = (): void => {
    connected = true;
    if (lostAt !== undefined) interruptions.back(session.now() - lostAt);
    lostAt = undefined;
  };
  while (!session.signal.aborted) {
    let reason = 'the server ended it';
    try {
      for await (const value of client.follow<T>(subscription.query, subscription.variables, onConnected)) {
        backoff.reset();
        yield value;
      }
    } catch (error) {
      if (session.signal.aborted) return;
      // A refusal will be the same the next time.
      if (!connected || !(error instanceof Failure) || error.kind === 'refused') throw error;
      reason = error.message;
    }
    if (lostAt === undefined) {
      lostAt = session.now();
      interruptions.lost(reason);
    }
    await session.pause(backoff.next());
  }
}
