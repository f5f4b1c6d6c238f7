import type { GraphqlClient } from '../client/graphql.ts';
import { WHOLE, type WholeExchange } from './exchange.ts';

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
/** A beginning of an id that holds all of its time, the first 48 bits of a UUIDv7. */
const BEGINNING = /^[\da-f]{8}-[\da-f]{4}(?:-[\da-f]{0,4}){0,3}[\da-f]{0,8}$/i;

const ONE = `query CliGet($id: String!) { request(id: $id) { ...Whole } } ${WHOLE}`;
const OF_A_MILLISECOND = `query CliFind($filter: TransactionFilter!) {
  transactions(filter: $filter, first: 500) { nodes { requestId } } }`;

/** What an id, or the beginning of one, leads to. */
export type Found =
  | { readonly kind: 'found'; readonly exchange: WholeExchange }
  | { readonly kind: 'none' | 'malformed' }
  | { readonly kind: 'several'; readonly ids: readonly string[] };

/**
 * Reads one exchange with everything that is known of it.
 *
 * @param id whole, or its beginning as narrow tables show it
 * @throws Failure
 */
export async function readOne(client: GraphqlClient, id: string): Promise<Found> {
  if (UUID.test(id)) {
    const { request } = await client.ask<{ request: WholeExchange | null }>(ONE, { id });
    return request === null ? { kind: 'none' } : { kind: 'found', exchange: request };
  }
  if (!BEGINNING.test(id)) return { kind: 'malformed' };
  const ids = await idsThatBegin(client, id.toLowerCase());
  const [first] = ids;
  if (first === undefined) return { kind: 'none' };
  return ids.length > 1 ? { kind: 'several', ids } : readOne(client, first);
}

/** An id's time is its beginning: only exchanges of that millisecond can have it. */
async function idsThatBegin(client: GraphqlClient, beginning: string): Promise<readonly string[]> {
  const at = Number.parseInt(beginning.replace('-', '').slice(0, 12), 16);
  if (at > 8_640_000_000_000_000 - 1) return [];
  const filter = { since: new Date(at).toISOString(), until: new Date(at + 1).toISOString() };
  const { transactions } = await client.ask<{ transactions: { nodes: readonly { requestId: string }[] } }>(
    OF_A_MILLISECOND,
    { filter },
  );
  return transactions.nodes.map(({ requestId }) => requestId).filter((id) => id.startsWith(beginning));
}
