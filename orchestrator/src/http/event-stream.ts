import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { GraphQLError, type ExecutionResult } from 'graphql';
import type { Events } from '../query/graphql.ts';

/** What {@link sendEvents} is told. */
export interface EventStreamOptions {
  readonly headers: Readonly<Record<string, string>>;
  /** How often an idle stream carries a comment, in milliseconds. */
  readonly keepAliveMs: number;
}

const COMMENT = ':\n\n';
const COMPLETE = 'event: complete\ndata:\n\n';
/** Characters that are written in one go. */
const MOST_AT_ONCE = 65_536;

/**
 * Answers with server-sent events, in the shape of GraphQL over SSE with distinct connections: `next` for each
 * result, then `complete`. A result is asked for only when the connection takes more, so that what a slow reader
 * lacks waits where it is bounded.
 *
 * Resolves when everything is sent or the reader has gone; the results have ended then.
 */
export async function sendEvents(
  response: ServerResponse,
  results: Events,
  { headers, keepAliveMs }: EventStreamOptions,
): Promise<void> {
  if (response.destroyed) {
    await results.return();
    return;
  }
  const all = {
    ...headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    // Proxies that gather answers would hold events back.
    'x-accel-buffering': 'no',
    // Nothing else comes on a connection that had a stream; left open, it would be waited for at shutdown.
    connection: 'close',
  };
  // Set one by one, so that those who look at the answer find them.
  for (const [name, value] of Object.entries(all)) response.setHeader(name, value);
  response.writeHead(200);
  // Some readers wait for the first byte before they call a stream open.
  response.write(COMMENT);
  response.once('close', () => {
    void results.return();
  });
  const signOfLife = setInterval(() => {
    if (!response.writableNeedDrain) response.write(COMMENT);
  }, keepAliveMs);
  try {
    for (;;) {
      let result = await nextOf(results);
      if (result === undefined || response.closed) break;
      let text = frame(result);
      // What waits already goes with it by one system call.
      while (text.length < MOST_AT_ONCE && (result = results.poll()) !== undefined) text += frame(result);
      if (!response.write(text)) await drained(response);
    }
    if (!response.closed) response.end(COMPLETE);
  } finally {
    clearInterval(signOfLife);
  }
}

/** One result, as a stream of results. */
export function single(result: ExecutionResult): Events {
  let left: ExecutionResult | undefined = result;
  const poll = (): ExecutionResult | undefined => {
    const taken = left;
    left = undefined;
    return taken;
  };
  const end = { done: true, value: undefined } as const;
  return {
    poll,
    next: () => {
      const value = poll();
      return Promise.resolve(value === undefined ? end : { done: false, value });
    },
    return: () => {
      left = undefined;
      return Promise.resolve(end);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function frame(result: ExecutionResult): string {
  return `event: next\ndata: ${JSON.stringify(result)}\n\n`;
}

/** The next result; a failure is the last one. */
async function nextOf(results: Events): Promise<ExecutionResult | undefined> {
  try {
    const { done, value } = await results.next();
    return done === true ? undefined : value;
  } catch (error) {
    void results.return();
    if (error instanceof GraphQLError) return { errors: [error] };
    throw error;
  }
}

async function drained(response: ServerResponse): Promise<void> {
  const closed = new AbortController();
  const onClose = (): void => {
    closed.abort();
  };
  response.once('close', onClose);
  try {
    await once(response, 'drain', { signal: closed.signal });
  } catch {
    // The reader has gone.
  } finally {
    response.off('close', onClose);
  }
}
