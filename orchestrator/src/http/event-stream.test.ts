import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { createClient } from 'graphql-sse';
import { until } from '../ingest/testing/rig.ts';
import { openEventStream } from '../live/testing/event-stream.ts';
import { startLiveApi, type Replica } from './testing/live-api.ts';

const UPDATES = 'subscription { systemMetricsUpdates { agentId memoryUsedBytes } }';
const STREAMS = 'culvert_graphql_subscriptions{transport="sse"}';

async function one(t: Parameters<typeof startLiveApi>[0], options: Parameters<typeof startLiveApi>[1] = {}) {
  const api = await startLiveApi(t, options);
  const [replica] = api.replicas as [Replica];
  return { ...api, ...replica };
}

/** What `EventSource` would read, asked as it asks: by GET. */
async function get(
  address: string,
  parameters: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<{ response: Response; text: () => string; leave: () => void; ended: Promise<void> }> {
  const leaving = new AbortController();
  const response = await fetch(`http://${address}/graphql?${new URLSearchParams(parameters).toString()}`, {
    headers: { accept: 'text/event-stream', ...headers },
    signal: leaving.signal,
  });
  let text = '';
  const read = async (): Promise<void> => {
    for await (const piece of response.body ?? []) text += Buffer.from(piece).toString();
  };
  return {
    response,
    text: () => text,
    leave: () => {
      leaving.abort();
    },
    ended: read().catch(() => undefined),
  };
}

test('a subscription comes by GET, as EventSource asks, with its variables', async (t) => {
  const { address, measured, metric } = await one(t);
  const query =
    'subscription ($id: String) { systemMetricsUpdates(agentId: $id) { agentId memoryUsedBytes } }';

  const stream = await get(address, { query, variables: '{"id":"node-2"}' });
  await until('an update came', async () => {
    await measured('node-1', 1);
    await measured('node-2', 2);
    return stream.text().includes('event: next');
  });
  stream.leave();

  assert.equal(stream.response.status, 200);
  assert.equal(stream.response.headers.get('content-type'), 'text/event-stream; charset=utf-8');
  assert.match(stream.response.headers.get('cache-control') ?? '', /no-cache/);
  assert.match(
    stream.text(),
    /^:\n\n(:\n\n)*event: next\ndata: {"data":{"systemMetricsUpdates":{"agentId":"node-2","memoryUsedBytes":2}}}\n\n/,
  );
  await until('it is forgotten', async () => (await metric(STREAMS)) === 0);
});

test('clients of graphql-sse ask and follow, each operation on its own connection', async (t) => {
  const { address, measured, metric } = await one(t);
  const client = createClient({ url: `http://${address}/graphql`, singleConnection: false });
  t.after(() => {
    client.dispose();
  });

  const query = await client.iterate({ query: '{ __typename }' }).next();
  const updates = client.iterate({ query: UPDATES });
  const first = updates.next();
  let told: unknown;
  void first.then(({ value }) => (told = value as unknown));
  await until('an update came', async () => {
    await measured('node-1', 7);
    return told !== undefined;
  });
  await updates.return?.();
  const refused = await client.iterate({ query: '{ nothing }' }).next();

  assert.deepEqual(query.value, { data: { __typename: 'Query' } });
  assert.deepEqual(told, { data: { systemMetricsUpdates: { agentId: 'node-1', memoryUsedBytes: 7 } } });
  assert.match(JSON.stringify(refused.value), /GRAPHQL_VALIDATION_FAILED/);
  await until('it is forgotten', async () => (await metric(STREAMS)) === 0);
});

test('G2: what is refused is told in the stream, where EventSource shows it', async (t) => {
  const { address } = await one(t);
  const aliases = Array.from({ length: 31 }, (_, n) => `a${n}: agentId`).join(' ');
  const refusals: [Record<string, string>, string][] = [
    [{ query: `subscription { systemMetricsUpdates { ${aliases} } }` }, 'TOO_MANY_ALIASES'],
    [{ query: 'subscription { systemMetricsUpdates(agentId: 3) { agentId } }' }, 'BAD_USER_INPUT'],
    [{ query: 'subscription {' }, 'GRAPHQL_PARSE_FAILED'],
  ];

  for (const [parameters, code] of refusals) {
    const stream = await get(address, parameters);
    await stream.ended;
    assert.equal(stream.response.status, 200);
    assert.match(
      stream.text(),
      new RegExp(`event: next\\ndata: {"errors":\\[.*"code":"${code}".*\\n\\nevent: complete\\n`),
    );
  }
});

test('G2: only so many subscriptions are served at once', async (t) => {
  const { address, server, metric } = await one(t, { server: { limits: { maxSubscriptions: 2 } } });
  const streams = [await openEventStream(server.port, UPDATES), await openEventStream(server.port, UPDATES)];

  for (let n = 0; n < 3; n++) {
    const refused = await get(address, { query: UPDATES });
    await refused.ended;
    assert.match(refused.text(), /TOO_MANY_SUBSCRIPTIONS","limit":"CULVERT_MAX_SUBSCRIPTIONS","allowed":2/);
  }
  streams[0]?.leave();
  await until('there is room', async () => (await metric(STREAMS)) === 1);
  const another = await openEventStream(server.port, UPDATES);
  await until('it is followed', async () => (await metric(STREAMS)) === 2);

  assert.doesNotMatch(another.text(), /errors/);
  for (const stream of [...streams, another]) stream.leave();
});

test('an idle stream carries comments, so that nobody between takes it for dead', async (t) => {
  const { server } = await one(t, { server: { limits: { keepAliveMs: 20 } } });

  const stream = await openEventStream(server.port, UPDATES);
  await until('comments came', () => stream.text().split(':\n\n').length > 4);
  stream.leave();

  assert.match(stream.text(), /^(:\n\n)+$/);
});

test('a stream needs the token and the right origin before it begins', async (t) => {
  const { address } = await one(t, { token: 's3cret' });
  const authorization = 'Bearer s3cret';

  const without = await get(address, { query: UPDATES });
  const foreign = await get(address, { query: UPDATES }, { authorization, origin: 'http://evil.example' });
  const right = await get(address, { query: '{ __typename }' }, { authorization });
  await right.ended;

  assert.equal(without.response.status, 401);
  assert.equal(foreign.response.status, 403);
  assert.match(right.text(), /"__typename":"Query"/);
});

test('at shutdown streams are completed, whoever feeds them', async (t) => {
  const { server } = await one(t);
  const stream = await openEventStream(server.port, UPDATES);

  await server.stopAccepting();
  await stream.ended;

  assert.match(stream.text(), /event: complete\ndata:\n\n$/);
});

test('a reader that is gone before the first byte leaves nothing behind', async (t) => {
  const { server, metric } = await one(t);
  const before = await metric(STREAMS);

  for (let n = 0; n < 20; n++) {
    const connection = connect(server.port, '127.0.0.1');
    connection.on('error', () => undefined);
    const query = encodeURIComponent(UPDATES);
    connection.write(
      `GET /graphql?query=${query} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n`,
    );
    connection.destroySoon();
  }
  const last = await openEventStream(server.port, UPDATES);
  await until('only the last is left', async () => (await metric(STREAMS)) === 1);
  last.leave();

  assert.ok(!(before > 0));
});

test('viewers of two replicas are told the same', async (t) => {
  const { replicas, measured } = await startLiveApi(t, { replicas: 2 });
  const clients = replicas.map(({ address }) => createClient({ url: `http://${address}/graphql` }));
  const followed = clients.map((client) => client.iterate({ query: UPDATES }));
  const values: unknown[] = [];
  for (const updates of followed)
    void updates.next().then((result) => {
      values.push(result.value);
    });

  // A subscription that began may still be on its way to NATS.
  await until('both are told', async () => {
    await measured('node-1', 11);
    return values.length === 2;
  });
  for (const updates of followed) await updates.return?.();

  const told = { data: { systemMetricsUpdates: { agentId: 'node-1', memoryUsedBytes: 11 } } };
  assert.deepEqual(values, [told, told]);
});
