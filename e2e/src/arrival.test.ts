import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from '@nats-io/transport-node';
import { TrafficBatch } from '@culvert/proto';
import { eventually } from './rig/eventually.ts';
import { readBooks } from './rig/graphql.ts';
import { startStack } from './rig/stack.ts';

test('S1-09: what arrives while Postgres is away is heard on its subject at once, and saved later', async (t) => {
  const stack = await startStack(t);
  const nats = await connect({ servers: stack.nats.url });
  t.after(() => nats.close());
  const heard: string[] = [];
  nats.subscribe('culvert.exchange.local.shop.agent-1', {
    callback: (_, message) => {
      for (const event of TrafficBatch.decode(message.data).events) heard.push(event.requestId);
    },
  });
  await nats.flush();
  // The first heartbeat is stored, so that the agent is known later.
  await eventually(
    () => readBooks(stack.graphql),
    (books) => books !== undefined,
    'the agent is known',
  );
  await stack.postgres.kill();

  const answer = await fetch(`http://127.0.0.1:${stack.port}/while-away`);
  await answer.text();
  await eventually(
    () => Promise.resolve(heard),
    (ids) => ids.length === 1,
    'the exchange is heard before it can have been saved',
  );
  await eventually(
    async () => (await fetch(`${stack.sidecar().metricsUrl}/metrics`)).text(),
    (text) => /^culvert_acknowledged_total\{[^}]*kind="exchange"[^}]*\} 1$/m.test(text),
    'the stream has taken it without waiting for Postgres',
  );
  await stack.postgres.restart();

  const saved = await eventually(
    () =>
      stack.graphql.query<{ request: { path: string } | null }>(
        `{ request(id: "${heard[0] ?? ''}") { path } }`,
      ),
    ({ request }) => request !== null,
    'it is saved when Postgres is back',
  );
  assert.equal(answer.status, 200);
  assert.deepEqual(saved, { request: { path: '/while-away' } });
});
