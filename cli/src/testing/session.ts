import type { GraphqlClient } from '../client/graphql.ts';
import type { Session } from '../session.ts';
import { createStyle } from '../terminal/style.ts';

/** A session that keeps what it is told. */
export interface TestSession extends Session {
  readonly written: () => string;
  readonly said: readonly string[];
}

/** A session without a server; its clock stands at 2026-11-21T15:00:00Z. */
export function createTestSession(fields: Partial<Session> = {}): TestSession {
  const said: string[] = [];
  let written = '';
  return {
    client: undefined as unknown as GraphqlClient,
    output: {
      write: (chunk) => {
        written += String(chunk);
        return Promise.resolve();
      },
    },
    columns: Number.POSITIVE_INFINITY,
    terminal: false,
    style: createStyle(false),
    say: (sentence) => said.push(sentence),
    now: () => Date.parse('2026-11-21T15:00:00Z'),
    pause: () => Promise.resolve(),
    signal: new AbortController().signal,
    ...fields,
    written: () => written,
    said,
  };
}
