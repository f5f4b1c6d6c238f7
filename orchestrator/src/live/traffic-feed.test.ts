import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageEnd, Outcome } from '@culvert/proto';
import {
  batch,
  end,
  exchangeEvent,
  fields,
  IDENTITY,
  mintRequestId,
  partEvents,
} from '../ingest/testing/batches.ts';
import { until } from '../ingest/testing/rig.ts';
import { startLiveRig } from './testing/live-rig.ts';
import { createAgent, exchangeTo, told, UPDATE, updates } from './testing/traffic.ts';

const ALL = `subscription { trafficEvents { ${UPDATE} } }`;
const matching = (filter: string): string =>
  `subscription { trafficEvents(filter: ${filter}) { ${UPDATE} } }`;

test('S1-08: exchanges reach a viewer in their order as they come, while nothing can be stored', async (t) => {
  const rig = await startLiveRig(t);
  const { watch } = await rig.replica();
  const agent = createAgent(rig.agents);
  const requestId = mintRequestId();
  const stream = await watch(`subscription { trafficEvents { ... on HttpTransaction {
    requestId method url status timestamp agentId state httpVersion scheme host path cluster namespace workload pod node
    peerAddress capturedPort durationMs firstByteMs requestBodyBytes responseBodyBytes requestTruncated responseTruncated
    traceId requestBodyState responseBodyState requestHeaders responseHeaders requestBody responseBody
    requestTrailers responseTrailers reasonPhrase responseHttpVersion
  } } }`);

  await agent.publish(
    agent.made([
      exchangeEvent(requestId, {
        request: { headers: fields(['Host', 'cart'], ['X', '\u00ff']) },
        response: {
          reason: 'Fine caf\u00e9',
          httpVersion: '1.0',
          headers: [],
          end: end({ responseBodyBytes: 2, responseCapturedBytes: 2 }),
        },
      }),
    ]),
  );
  const [first] = await stream.events(1);
  for (let i = 0; i < 20; i++) await agent.publish(agent.exchanges(`/${i}/a`, `/${i}/b`));
  await stream.events(41);

  assert.deepEqual((first as { data: unknown }).data, {
    trafficEvents: {
      requestId,
      method: 'GET',
      url: 'http://cart.local:8080/items?id=1',
      status: 200,
      timestamp: new Date(1_790_000_000_123).toISOString(),
      agentId: 'agent-1',
      state: 'COMPLETE',
      httpVersion: '1.1',
      scheme: 'http',
      host: 'cart.local:8080',
      path: '/items?id=1',
      cluster: 'local',
      namespace: 'shop',
      workload: 'Deployment/cart',
      pod: 'cart-1',
      node: 'node.1',
      peerAddress: '10.0.0.9:51000',
      capturedPort: 8080,
      durationMs: 5.678,
      firstByteMs: 1.234,
      requestBodyBytes: 0,
      responseBodyBytes: 2,
      requestTruncated: false,
      responseTruncated: false,
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      requestBodyState: 'COMPLETE',
      responseBodyState: 'PENDING',
      requestHeaders: '[["Host","cart"],["X","\u00ff"]]',
      responseHeaders: '[]',
      requestBody: '',
      responseBody: null,
      requestTrailers: null,
      responseTrailers: '[["X-Checksum","42"]]',
      reasonPhrase: 'Fine caf\u00e9',
      responseHttpVersion: '1.0',
    },
  });
  assert.deepEqual(
    told(stream).slice(1),
    Array.from({ length: 20 }, (_, i) => [`/${i}/a`, `/${i}/b`]).flat(),
  );
});

test('a viewer is told of a body that was cut, and of an answer that never came, as an answer to a query would', async (t) => {
  const rig = await startLiveRig(t);
  const { watch } = await rig.replica();
  const agent = createAgent(rig.agents);
  const stream = await watch(`subscription { trafficEvents { ... on HttpTransaction {
    requestBodyState requestBodyBytes requestBody responseBodyState responseBodyBytes responseBody
  } } }`);
  const cut = { requestEnd: MessageEnd.MESSAGE_END_CUT, responseEnd: MessageEnd.MESSAGE_END_CUT };
  const ending = end({
    ...cut,
    outcome: Outcome.OUTCOME_CLIENT_ABORTED,
    responseBodyBytes: 0,
    responseCapturedBytes: 0,
  });

  await agent.publish(
    agent.made([exchangeEvent(mintRequestId(), { response: { status: 0, headers: [], end: ending } })]),
  );
  const [first] = await stream.events(1);

  assert.deepEqual((first as { data: unknown }).data, {
    trafficEvents: {
      requestBodyState: 'CUT_OFF',
      requestBodyBytes: 0,
      requestBody: null,
      responseBodyState: 'CUT_OFF',
      responseBodyBytes: null,
      responseBody: null,
    },
  });
});

test('a batch that comes again is shown once, whatever came in between', async (t) => {
  const rig = await startLiveRig(t);
  const { watch, metric } = await rig.replica();
  const agent = createAgent(rig.agents);
  const stream = await watch(ALL);
  const [one, two, three] = ['/1', '/2', '/3'].map((path) => agent.exchanges(path, `${path}b`));
  assert.ok(one && two && three);

  for (const published of [one, one, two, one, two, three]) await agent.publish(published);
  await stream.events(6);

  assert.deepEqual(told(stream), ['/1', '/1b', '/2', '/2b', '/3', '/3b']);
  assert.equal(await metric('culvert_live_duplicate_batches_total'), 3);
});

test('every replica shows the same', async (t) => {
  const rig = await startLiveRig(t);
  const replicas = [await rig.replica(), await rig.replica()];
  const streams = await Promise.all(replicas.map(({ watch }) => watch(ALL)));
  const agents = [createAgent(rig.agents, 'agent-1'), createAgent(rig.agents, 'agent-2')];

  for (let i = 0; i < 10; i++)
    for (const agent of agents) await agent.publish(agent.exchanges(`/${i}`, `/${i}b`));
  const [one, two] = await Promise.all(streams.map((stream) => stream.events(40)));

  assert.equal(one?.length, 40);
  assert.deepEqual(one, two);
});

test('an exchange in parts is shown when it is first seen and whole at its end', async (t) => {
  const rig = await startLiveRig(t);
  const { watch, metric } = await rig.replica();
  const agent = createAgent(rig.agents);
  const stream = await watch(ALL);
  const [request, response, ending] = partEvents();

  await agent.publish(agent.made([request]));
  await stream.events(1);
  const open = await metric('culvert_live_open_exchanges');
  await agent.publish(agent.made([response]));
  await agent.publish(agent.made([ending]));
  await stream.events(2);

  const common = { requestId: request.requestId, method: 'GET', agentId: 'agent-1', path: '/items?id=1' };
  assert.deepEqual(
    updates(stream).map(({ __typename: _, ...update }) => update),
    [
      { ...common, status: null, state: 'OPEN', durationMs: null },
      { ...common, status: 200, state: 'COMPLETE', durationMs: 5.678 },
    ],
  );
  assert.equal(open, 1);
  assert.equal(await metric('culvert_live_open_exchanges'), 0);
});

test('a filter on what is not known yet holds an open exchange back until it is', async (t) => {
  const rig = await startLiveRig(t);
  const { watch } = await rig.replica();
  const agent = createAgent(rig.agents);
  const byStatus = await watch(matching('{ status: { min: 200, max: 299 } }'));
  const byDuration = await watch(matching('{ durationMs: { min: 5 } }'));
  const byState = await watch(matching('{ states: [COMPLETE] }'));
  const open = await watch(matching('{ states: [OPEN], methods: ["GET"] }'));
  const other = await watch(matching('{ status: { min: 500 } }'));
  const parts = partEvents();

  for (const part of parts) await agent.publish(agent.made([part]));
  await agent.publish(agent.made([exchangeEvent(undefined, { response: { status: 500, end: end() } })]));
  const seen = await Promise.all(
    [byStatus, byDuration, byState, open, other].map(async (stream, index) => {
      await stream.events([2, 2, 2, 1, 1][index] ?? 0);
      return updates(stream).map(({ state, status }) => [state, status]);
    }),
  );

  assert.deepEqual(seen, [
    [
      ['OPEN', 200],
      ['COMPLETE', 200],
    ],
    [
      ['COMPLETE', 200],
      ['COMPLETE', 500],
    ],
    [
      ['COMPLETE', 200],
      ['COMPLETE', 500],
    ],
    [['OPEN', null]],
    [['COMPLETE', 500]],
  ]);
});

test('parts that arrive in another order, after a redelivery, tell the same in the end', async (t) => {
  const rig = await startLiveRig(t);
  const { watch } = await rig.replica();
  const agent = createAgent(rig.agents);
  const stream = await watch(ALL);
  const first = agent.exchanges('/first');
  const [request, response, ending] = partEvents().map((event) => agent.made([event]));
  assert.ok(request && response && ending);

  for (const published of [first, ending, request, response]) await agent.publish(published);
  await stream.events(4);

  const { requestId, method, status, state } = updates(stream).at(-1) ?? {};
  assert.deepEqual(
    { requestId, method, status, state },
    { requestId: request.events[0]?.requestId, method: 'GET', status: 200, state: 'COMPLETE' },
  );
});

test('open exchanges are bounded: those that were heard of longest ago are given up and counted', async (t) => {
  const rig = await startLiveRig(t);
  const { watch, metric } = await rig.replica({ limits: { open: { exchanges: 2, bytes: 1_000_000 } } });
  const agent = createAgent(rig.agents);
  const stream = await watch(ALL);
  const exchanges = [partEvents(), partEvents(), partEvents()];

  await agent.publish(agent.made(exchanges.map(([request]) => request)));
  await agent.publish(agent.made(exchanges.map(([, , ending]) => ending)));
  await stream.events(6);

  assert.deepEqual(
    updates(stream)
      .slice(3)
      .map(({ requestId, method }) => [requestId, method]),
    exchanges.map(([{ requestId }], index) => [requestId, index === 0 ? null : 'GET']),
  );
  assert.equal(await metric('culvert_live_evicted_exchanges_total'), 1);
});

test('what ingest would refuse is not shown, and its reasons are counted', async (t) => {
  const rig = await startLiveRig(t);
  const { watch, metric } = await rig.replica();
  const agent = createAgent(rig.agents);
  const stream = await watch(ALL);
  const foreign = batch([exchangeTo('/foreign')], { agentId: 'agent-2' });
  const subject = `culvert.exchange.local.shop.agent-1`;
  const old = mintRequestId(Date.now() - 73 * 3_600_000);
  const early = mintRequestId(Date.now() + 6 * 60_000);

  await agent.publish(foreign, { subject });
  await agent.publish(batch([], { identity: { ...IDENTITY, namespace: 'bank' } }), { subject });
  await agent.publish(foreign, { payload: Buffer.from('\u00ff\u00ff') });
  await agent.publish(
    agent.made([
      exchangeTo('/old', old),
      exchangeTo('/early', early),
      exchangeTo('/id', 'no-id'),
      { requestId: mintRequestId(), event: undefined },
      exchangeTo('/nul\0'),
      exchangeTo('/fine'),
    ]),
  );
  await stream.events(1);

  assert.deepEqual(told(stream), ['/fine']);
  const counted = (reason: string): Promise<number> =>
    metric(`culvert_live_refused_total{feed="traffic",reason="${reason}"}`);
  assert.equal(await counted('foreign_agent'), 2);
  assert.equal(await counted('undecodable'), 1);
  assert.equal(await counted('clock'), 2);
  assert.equal(await counted('malformed'), 2);
});

test('a filter that can not be used is refused before anything is followed', async (t) => {
  const rig = await startLiveRig(t);
  const { watch, metric } = await rig.replica();

  const stream = await watch(matching('{ urlContains: "ab" }'));
  await stream.ended;

  assert.match(stream.text(), /BAD_USER_INPUT/);
  assert.match(stream.text(), /filter\.urlContains/);
  assert.equal(await metric('culvert_live_subscribers{feed="traffic"}'), 0);
});

test('at shutdown those who follow traffic get what waits, and are told that it is over', async (t) => {
  const rig = await startLiveRig(t);
  const { watch, api, stopFeeds, metric } = await rig.replica();
  const agent = createAgent(rig.agents);
  const stream = await watch(ALL);

  await agent.publish(agent.exchanges('/last'));
  await until('it was heard', async () => (await metric('culvert_live_updates_total{feed="traffic"}')) === 1);
  stopFeeds();
  await api.stopAccepting();
  await stream.ended;

  assert.deepEqual(told(stream), ['/last']);
  assert.match(stream.text(), /event: complete\n/);
});
