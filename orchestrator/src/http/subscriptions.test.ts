import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import pg from 'pg';
import { createTestGraphql } from '../testing/graphql.ts';
import { openRawSocket } from './testing/raw-socket.ts';
import { errorsOf, startServer } from './testing/server.ts';

const SUBSCRIPTION = 'subscription { systemMetricsUpdates { agentId } }';
const BY_EVENTS = {
  path: `/graphql?query=${encodeURIComponent(SUBSCRIPTION)}`,
  headers: { accept: 'text/event-stream' },
};

/** A server with room for one subscription, none of which can begin. */
async function startFailing(t: TestContext) {
  const pool = new pg.Pool({ host: '127.0.0.1', port: 1 });
  t.after(() => pool.end());
  const { graphql } = createTestGraphql(pool);
  const { server, registry, send } = await startServer(t, {
    graphql: { ...graphql, subscribe: () => Promise.reject(new Error('it can not begin')) },
    limits: { maxSubscriptions: 1 },
  });
  const counted = async (): Promise<(string | number)[][]> => {
    const metric = await registry.getSingleMetric('culvert_graphql_subscriptions')?.get();
    return (metric?.values ?? []).map(({ labels, value }) => [labels['transport'] ?? '', value]);
  };
  return { server, send, counted };
}

test('a stream of events that can not begin leaves its place to others', async (t) => {
  const { send, counted } = await startFailing(t);

  const answers = [await send(BY_EVENTS), await send(BY_EVENTS)];

  for (const answer of answers) {
    assert.equal(answer.status, 500);
    assert.equal(errorsOf(answer)[0]?.extensions['code'], 'INTERNAL');
  }
  assert.ok((await counted()).every(([, value]) => value === 0));
});

test('a subscription of a WebSocket that can not begin leaves its place to others', async (t) => {
  const { server, send, counted } = await startFailing(t);

  for (let round = 0; round < 2; round++) {
    const socket = await openRawSocket(`127.0.0.1:${server.port}`);
    await socket.init();
    socket.subscribe('1', SUBSCRIPTION);
    await socket.closed;
    assert.ok(!JSON.stringify(socket.messages).includes('TOO_MANY'), JSON.stringify(socket.messages));
  }

  assert.ok((await counted()).every(([, value]) => value === 0));
  assert.equal((await send(BY_EVENTS)).status, 500, 'there is room');
});

test('a source that breaks as it begins is an error of its operation, and nothing of it is told', async (t) => {
  const pool = new pg.Pool({ host: '127.0.0.1', port: 1 });
  t.after(() => pool.end());
  const broken = {
    follow: () =>
      ({
        [Symbol.asyncIterator]: () => {
          throw new Error('a secret');
        },
      }) as never,
    stop: () => undefined,
  };
  const { send } = await startServer(t, {
    graphql: createTestGraphql(pool, { systemMetrics: broken }).graphql,
    limits: { maxSubscriptions: 1 },
  });

  const [first, second] = [await send(BY_EVENTS), await send(BY_EVENTS)];

  for (const { body } of [first, second]) {
    assert.match(body, /^event: next\ndata: .*"code":"INTERNAL"/m);
    assert.ok(!body.includes('a secret'));
  }
});
