import { deepEqual, rejects } from 'node:assert/strict';
import { test } from 'node:test';
import { createGraphqlClient, type GraphqlClient } from '../client/graphql.ts';
import { sendJson, startPeer, type Peer } from '../testing/peer.ts';
import { listWholeExchanges } from './pages.ts';

const MESSAGE = 'The answer is too large; CULVERT_MAX_ANSWER_BYTES allows 67108864.';

/** A server with 30 exchanges that has so many of them in one answer at most. */
function startServer(most: number): Promise<Peer> {
  return startPeer((response, { variables }) => {
    const first = Number(variables['first']);
    if (first > most) {
      const extensions = { code: 'ANSWER_TOO_LARGE', limit: 'CULVERT_MAX_ANSWER_BYTES', allowed: 67_108_864 };
      sendJson(response, { data: null, errors: [{ message: MESSAGE, extensions }] });
      return;
    }
    const from = Number(variables['after'] ?? 0);
    const end = Math.min(from + first, 30);
    const nodes = Array.from({ length: end - from }, (_, index) => ({ requestId: String(from + index) }));
    const pageInfo = { hasNextPage: end < 30, endCursor: String(end) };
    sendJson(response, { data: { transactions: { nodes, pageInfo } } });
  });
}

const clientOf = ({ url }: Peer): GraphqlClient =>
  createGraphqlClient({ url, token: () => undefined, agent: 'test', signal: new AbortController().signal });

async function idsOf(peer: Peer, limit: number): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of listWholeExchanges(clientOf(peer), {}, limit))
    ids.push(...page.map(({ requestId }) => requestId));
  return ids;
}

test('pages become smaller where one with bodies would be too large, and none is left out or comes twice', async () => {
  const peer = await startServer(7);

  const ids = await idsOf(peer, 22);
  await peer.close();

  deepEqual(
    ids,
    Array.from({ length: 22 }, (_, index) => String(index)),
  );
  deepEqual(
    peer.requests.map(({ variables }) => variables['first']),
    [20, 10, 5, 5, 5, 5, 2],
  );
});

test('where a single exchange is too large the person is told', async () => {
  const peer = await startServer(0);

  await rejects(idsOf(peer, 2), { name: 'AnswerTooLarge', message: MESSAGE });
  await peer.close();

  deepEqual(peer.requests.length, 2);
});
