import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { until } from '../ingest/testing/rig.ts';
import { DEFAULT_TRANSPORT_LIMITS } from './transport-limits.ts';
import { startLiveApi, type Replica } from './testing/live-api.ts';
import { openRawSocket, refusedUpgrade } from './testing/raw-socket.ts';

const UPDATES = 'subscription { systemMetricsUpdates { agentId memoryUsedBytes } }';
const WEBSOCKETS = 'culvert_graphql_subscriptions{transport="websocket"}';

/** However slow this machine is just now, no socket is closed for having said nothing yet. */
const PATIENT = { initTimeoutMs: 60_000 };

async function one(t: Parameters<typeof startLiveApi>[0], options: Parameters<typeof startLiveApi>[1] = {}) {
  const limits = { ...PATIENT, ...options.server?.limits };
  const api = await startLiveApi(t, { ...options, server: { ...options.server, limits } });
  const [replica] = api.replicas as [Replica];
  return { ...api, ...replica };
}

test('clients of graphql-ws ask and follow over one WebSocket', async (t) => {
  const { address, measured, metric } = await one(t);
  const client = createClient({ url: `ws://${address}/graphql`, webSocketImpl: WebSocket });
  t.after(() => client.dispose());

  const query = await client
    .iterate({ query: 'query ($yes: Boolean!) { __typename @include(if: $yes) }', variables: { yes: true } })
    .next();
  const updates = client.iterate({ query: UPDATES });
  const first = updates.next();
  await until('it is followed', async () => (await metric(WEBSOCKETS)) === 1);
  let came = false;
  void first.then(() => (came = true));
  await until('an update came', async () => {
    await measured('node-1', 7);
    return came;
  });
  await updates.return?.();

  assert.deepEqual(query.value, { data: { __typename: 'Query' } });
  assert.deepEqual((await first).value, {
    data: { systemMetricsUpdates: { agentId: 'node-1', memoryUsedBytes: 7 } },
  });
  await until('it is forgotten', async () => (await metric(WEBSOCKETS)) === 0);
});

test('the token comes in the header of the upgrade or in the first message', async (t) => {
  const { address } = await one(t, { token: 's3cret' });
  const right = 'Bearer s3cret';

  const byHeader = await openRawSocket(address, { headers: { authorization: right } });
  await byHeader.init();
  const byMessage = await openRawSocket(address);
  await byMessage.init({ authorization: right });
  for (const { messages, socket } of [byHeader, byMessage]) {
    assert.deepEqual(messages, [{ type: 'connection_ack' }]);
    socket.close();
  }

  const wrongHeader = await refusedUpgrade(address, { headers: { authorization: 'Bearer guess' } });
  assert.equal(wrongHeader.status, 401);
  assert.match(wrongHeader.body, /UNAUTHENTICATED/);
  for (const payload of [undefined, {}, { authorization: 'Bearer guess' }, { authorization: 3 }]) {
    const wrong = await openRawSocket(address);
    await wrong.init(payload);
    const { code, reason } = await wrong.closed;
    assert.equal(code, 4401);
    assert.match(reason, /connection_init/);
    assert.deepEqual(wrong.messages, []);
  }
  const hasty = await openRawSocket(address);
  hasty.subscribe('1', '{ __typename }');
  assert.equal((await hasty.closed).code, 4401);
  assert.deepEqual(hasty.messages, []);
});

test('a Host, an Origin or a path from elsewhere is refused before there is a WebSocket', async (t) => {
  const { address } = await one(t);

  for (const headers of [
    { host: 'rebound.example' },
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
  ]) {
    const refused = await refusedUpgrade(address, { headers });
    assert.equal(refused.status, 403);
    assert.match(refused.body, /FORBIDDEN/);
  }
  assert.equal((await refusedUpgrade(address, { path: '/' })).status, 404);
  const own = await openRawSocket(address, { headers: { origin: `http://${address}` } });
  own.socket.close();
  assert.equal((await own.closed).code, 1005);
});

test('an offer of another protocol is passed over: curl asks for HTTP/2 so', async (t) => {
  const { server } = await one(t);

  const status = await new Promise((resolve, reject) => {
    const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABk' };
    const asked = request({ port: server.port, path: '/graphql?query={__typename}', headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on('error', reject).end();
  });

  assert.equal(status, 200);
});

test('G2: limits and mistakes are told over a WebSocket as over HTTP', async (t) => {
  const { address } = await one(t);
  const { messages, init, subscribe, send, socket } = await openRawSocket(address);
  const aliases = Array.from({ length: 31 }, (_, n) => `a${n}: agentId`).join(' ');
  await init();

  subscribe('aliases', `subscription { systemMetricsUpdates { ${aliases} } }`);
  subscribe('value', 'subscription ($id: String) { systemMetricsUpdates(agentId: $id) { agentId } }', {
    id: 3,
  });
  subscribe('several', 'query A { __typename } query B { __typename }');
  send({ id: 'none', type: 'subscribe', payload: { query: '' } });
  await until('all are answered', () => messages.length === 5);
  socket.close();

  const codes = messages
    .filter(({ type }) => type === 'error')
    .map(({ id, payload }) => [id, (payload as { extensions: { code: string } }[])[0]?.extensions.code]);
  assert.deepEqual(codes, [
    ['aliases', 'TOO_MANY_ALIASES'],
    ['value', 'BAD_USER_INPUT'],
    ['several', 'OPERATION_NAME_REQUIRED'],
    ['none', 'BAD_REQUEST'],
  ]);
});

test('G2: a WebSocket has only so many operations, and the process so many subscriptions and WebSockets', async (t) => {
  const limits = { maxSocketOperations: 2, maxSubscriptions: 3 };
  const { address, metric } = await one(t, { server: { limits } });
  const first = await openRawSocket(address);
  const second = await openRawSocket(address);
  const third = await openRawSocket(address);

  await first.init();
  for (const id of ['1', '2', '3', '4', '5']) first.subscribe(id, UPDATES);
  await until('three are refused', () => first.messages.filter(({ type }) => type === 'error').length === 3);
  await second.init();
  for (const id of ['1', '2']) second.subscribe(id, UPDATES);
  await until('one is refused', () => second.messages.length === 3);
  const [one_, two, three] = await Promise.all([1, 2, 3].map(() => refusedUpgrade(address)));
  const subscriptions = await metric(WEBSOCKETS);
  first.socket.close();
  await until('its subscriptions have ended', async () => (await metric(WEBSOCKETS)) === 1);
  await third.init();
  third.subscribe('1', UPDATES);
  await until('there is room again', async () => (await metric(WEBSOCKETS)) === 2);

  for (const { payload } of first.messages.filter(({ type }) => type === 'error'))
    assert.deepEqual((payload as { extensions: unknown }[])[0]?.extensions, {
      code: 'TOO_MANY_OPERATIONS',
      limit: 'CULVERT_MAX_SOCKET_OPERATIONS',
      allowed: 2,
    });
  assert.equal(subscriptions, 3);
  assert.match(
    JSON.stringify(second.messages),
    /TOO_MANY_SUBSCRIPTIONS.*CULVERT_MAX_SUBSCRIPTIONS","allowed":3/,
  );
  for (const refused of [one_, two, three]) {
    assert.equal(refused?.status, 503);
    assert.match(refused.body, /TOO_MANY_WEBSOCKETS.*CULVERT_MAX_SUBSCRIPTIONS","allowed":3/);
  }
  second.socket.close();
  third.socket.close();
});

test('a WebSocket that does not say who it is is closed', async (t) => {
  const { address } = await one(t, { server: { limits: { initTimeoutMs: 50 } } });

  const silentOne = await openRawSocket(address);

  assert.equal((await silentOne.closed).code, 4408);
});

test('what keeps to no protocol is closed with a reason', async (t) => {
  const { address } = await one(t);
  const sized = (bytes: number): string => '{"type":"ping"}'.padEnd(bytes);

  for (const message of ['[]', '{', '[{"type":"connection_init"}]']) {
    const broken = await openRawSocket(address);
    broken.socket.send(message);
    assert.equal((await broken.closed).code, 4400, message);
  }
  await assert.rejects(openRawSocket(address, { protocol: 'graphql-ws' }), /no subprotocol/);
  for (const bytes of [10_001, 20_000, 500_000]) {
    const large = await openRawSocket(address);
    large.socket.send(sized(bytes));
    const { code, reason } = await large.closed;
    assert.deepEqual([code, reason], [1009, 'CULVERT_MAX_REQUEST_BYTES allows 10000 bytes']);
  }
  const fitting = await openRawSocket(address);
  fitting.socket.send(sized(10_000));
  await until('it is answered', () => fitting.messages.length === 1);
  fitting.socket.close();
});

test('an idle WebSocket carries pings, and is cut when nobody answers them', async (t) => {
  const { address, metric } = await one(t, { server: { limits: { keepAliveMs: 100 } } });
  const alive = await openRawSocket(address);
  const dead = await openRawSocket(address, { autoPong: false });
  let pings = 0;
  alive.socket.on('ping', () => pings++);
  await alive.init();
  await dead.init();

  const { code } = await dead.closed;
  await until('the server knows too', async () => (await metric('culvert_websockets')) === 1);
  const sofar = pings;
  await until('more pings came', () => pings > sofar + 5);

  assert.ok(DEFAULT_TRANSPORT_LIMITS.keepAliveMs <= 12_000);
  assert.equal(code, 1006);
  assert.equal(alive.socket.readyState, WebSocket.OPEN);
  assert.equal(await metric('culvert_websockets'), 1);
  alive.socket.close();
});

test('what a WebSocket does not read waits where it is bounded, and it gets the newest when it reads again', async (t) => {
  const { address, measured, metric } = await one(t);
  const agentId = 'n'.repeat(500);
  const many = Array.from({ length: 25 }, (_, index) => `a${index}: agentId`).join(' ');
  const { socket, messages, init, subscribe } = await openRawSocket(address);
  const dropped = () => metric('culvert_live_dropped_total{feed="system_metrics"}');
  await init();
  subscribe('1', `subscription { systemMetricsUpdates { memoryUsedBytes ${many} } }`);
  await until('it is followed', async () => (await metric(WEBSOCKETS)) === 1);

  socket.pause();
  let sent = 0;
  await until('updates are dropped', async () => {
    for (let i = 0; i < 200; i++) await measured(agentId, sent++);
    return (await dropped()) > 0;
  });
  socket.resume();
  await until('the newest has come', () =>
    JSON.stringify(messages.at(-1)).includes(`"memoryUsedBytes":${sent - 1},`),
  );

  assert.equal(messages.length - 1, sent - (await dropped()));
  socket.close();
});

test('nothing more is read from a WebSocket that does not read its answers', async (t) => {
  const { address } = await one(t);
  const { socket, init } = await openRawSocket(address);
  await init();
  socket.pause();

  // A server that went on to read would have to keep all answers.
  let sent = 0;
  const payload = Buffer.alloc(125);
  await until('what it sends waits at its own side', () => {
    for (let i = 0; i < 1_000; i++) socket.ping(payload);
    sent += 1_000;
    return socket.bufferedAmount > 4_000_000;
  });
  let pongs = 0;
  socket.on('pong', () => pongs++);
  socket.resume();
  await until('all are answered when it reads again', () => pongs === sent);

  assert.ok(sent > 1_000);
  socket.close();
});

test('at shutdown WebSockets are told to go elsewhere, and those that do not listen are cut', async (t) => {
  const { address, server, metric } = await one(t);
  const following = await openRawSocket(address);
  await following.init();
  following.subscribe('1', UPDATES);
  await until('it is followed', async () => (await metric(WEBSOCKETS)) === 1);
  const deaf = await openRawSocket(address);
  deaf.socket.pause();

  const stopped = server.stopAccepting();
  const { code } = await following.closed;
  const late = await openRawSocket(address).catch((error: unknown) => error);
  server.terminate();
  await stopped;

  assert.equal(code, 1001);
  assert.deepEqual(
    following.messages.map(({ type }) => type),
    ['connection_ack'],
  );
  assert.ok(late instanceof Error);
  deaf.socket.terminate();
});
