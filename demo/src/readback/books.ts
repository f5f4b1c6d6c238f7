import { setTimeout as delay } from 'node:timers/promises';
import { ask } from './graphql.ts';

const COUNTS = [
  'connections',
  'opaqueConnections',
  'captured',
  'excluded',
  'sampledOut',
  'dropped',
  'open',
  'spooled',
  'published',
  'inStream',
  'stored',
  'deadLettered',
] as const;

/** An agent's books: where every captured exchange ended up. */
export interface Books {
  readonly counts: Readonly<Record<(typeof COUNTS)[number], number>>;
  readonly balanced: boolean;
}

/** Reads an agent's books; undefined before its first heartbeat. */
export async function readBooks(api: string, agentId: string): Promise<Books | undefined> {
  type Answer = { agents: { agentId: string; books: { balanced: boolean } & Record<string, unknown> }[] };
  const query = `query Books { agents { agentId books { balanced ${COUNTS.join(' ')} } } }`;
  const { agents } = await ask<Answer>(api, query);
  const books = agents.find((agent) => agent.agentId === agentId)?.books;
  if (books === undefined) return undefined;
  const counts = Object.fromEntries(COUNTS.map((name) => [name, Number(books[name])])) as Books['counts'];
  return { counts, balanced: books.balanced };
}

/** Waits until the books count so many exchanges and balance; returns them as they are then or when time is over. */
export async function settleBooks(
  api: string,
  agentId: string,
  captured: number,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Books | undefined> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const books = await readBooks(api, agentId);
    const settled =
      books?.balanced === true && books.counts.captured >= captured && books.counts.inStream === 0;
    if (settled || performance.now() > end) return books;
    await delay(100, undefined, { signal });
  }
}
