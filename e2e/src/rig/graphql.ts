import assert from 'node:assert/strict';

/** Asks an orchestrator. */
export interface GraphqlClient {
  readonly url: string;
  /** The data of a query; fails the test on GraphQL errors. */
  query<T>(document: string, variables?: Record<string, unknown>): Promise<T>;
}

export function createClient(url: string): GraphqlClient {
  return {
    url,
    async query<T>(document: string, variables: Record<string, unknown> = {}) {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: document, variables }),
      });
      const { data, errors } = (await response.json()) as { data?: T; errors?: unknown };
      assert.equal(errors, undefined, JSON.stringify(errors));
      return data as T;
    },
  };
}

/** Books as GraphQL tells them, numbers made of its big integers. */
export interface AgentBooks {
  readonly captured: number;
  readonly excluded: number;
  readonly sampledOut: number;
  readonly dropped: number;
  readonly open: number;
  readonly spooled: number;
  readonly published: number;
  readonly acknowledged: number;
  readonly inStream: number;
  readonly stored: number;
  readonly deadLettered: number;
  readonly duplicatesDiscarded: number;
  readonly lostInCrash: { readonly min: number; readonly max: number };
  readonly balanced: boolean;
}

/** The books of the only agent; undefined before it was heard of. */
export async function readBooks(graphql: GraphqlClient): Promise<AgentBooks | undefined> {
  const { agents } = await graphql.query<{ agents: { books: Record<string, unknown> }[] }>(`{
    agents { books {
      captured excluded sampledOut dropped open spooled published acknowledged inStream stored deadLettered
      duplicatesDiscarded lostInCrash { min max } balanced
    } }
  }`);
  assert.ok(agents.length <= 1, 'there is one agent');
  const books = agents[0]?.books;
  return books === undefined ? undefined : (numbers(books) as AgentBooks);
}

function numbers(value: unknown): unknown {
  if (typeof value === 'string') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, numbers(inner)]));
}
