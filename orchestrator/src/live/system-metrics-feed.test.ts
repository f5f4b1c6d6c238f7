import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { SystemMetricsEvent } from '@culvert/proto';
import { publishHeartbeat } from '../ingest/testing/publish.ts';
import { until } from '../ingest/testing/rig.ts';
import { startLiveRig } from './testing/live-rig.ts';

const QUERY = 'subscription { systemMetricsUpdates { agentId timestamp cpuSystemPercent memoryUsedBytes } }';

/** An API server that hears a real nats-server; Postgres is away. */
async function start(t: TestContext, options: { token?: string } = {}) {
  const { server, agents, replica } = await startLiveRig(t);
  const { api, nats: own, watch, metric, stopFeeds } = await replica(options);
  const viewers = (): Promise<number> => metric('culvert_live_subscribers{feed="system_metrics"}');
  const measured = (agentId: string, memoryUsedBytes: number, unixMs = Date.now()): Promise<void> =>
    publishHeartbeat(agents, { agentId, unixMs, system: SystemMetricsEvent.create({ memoryUsedBytes }) });
  return { server, own, api, stopFeeds, watch, metric, viewers, measured, agents };
}

test('S1-12: measurements reach a viewer by server-sent events as they come, unknown values as null', async (t) => {
  const { watch, measured } = await start(t);
  const stream = await watch(QUERY);
  const unixMs = Date.now();

  await measured('node-1', 1, unixMs);
  const [first] = await stream.events(1);
  await measured('node-2', 2);
  const [, second] = await stream.events(2);

  assert.equal(stream.status, 200);
  assert.match(stream.headers['content-type'] ?? '', /^text\/event-stream/);
  assert.match(stream.text(), /^:\n\n/, 'a comment comes at once, and again while nothing happens');
  assert.deepEqual(first, {
    data: {
      systemMetricsUpdates: {
        agentId: 'node-1',
        timestamp: new Date(unixMs).toISOString(),
        cpuSystemPercent: null,
        memoryUsedBytes: 1,
      },
    },
  });
  assert.match(JSON.stringify(second), /node-2/);
  assert.equal(stream.text().includes('event: complete'), false);
});

test('a viewer of one agent sees no other, and nothing that ingest would refuse', async (t) => {
  const { watch, measured, agents } = await start(t);
  const stream = await watch(
    'subscription { systemMetricsUpdates(agentId: "node-1") { agentId memoryUsedBytes } }',
  );

  await measured('node-2', 1);
  await measured('node-1', 2, Date.now() + 3_600_000);
  agents.publish('culvert.metrics.local.shop.node-1', '\u00ff\u00ff');
  await publishHeartbeat(agents, { agentId: 'node-1' });
  await measured('node-1', 3);

  assert.deepEqual(await stream.events(1), [
    { data: { systemMetricsUpdates: { agentId: 'node-1', memoryUsedBytes: 3 } } },
  ]);
});

test('a viewer that leaves is forgotten, and after the last one nothing is listened to', async (t) => {
  const { watch, own, viewers, measured } = await start(t);
  const [one, two] = [await watch(QUERY), await watch(QUERY)];
  const before = await viewers();

  one.leave();
  await until('one is forgotten', async () => (await viewers()) === 1);
  await measured('node-1', 1);
  await two.events(1);
  two.leave();
  await until('two is forgotten', async () => (await viewers()) === 0);
  await own.flush();
  const heard = own.stats().inMsgs;
  await measured('node-1', 2);
  await own.flush();

  assert.equal(before, 2);
  assert.equal(own.stats().inMsgs, heard);
});

test('what a viewer does not read is dropped, oldest first, and counted; it waits in no other place', async (t) => {
  const { watch, metric, measured } = await start(t);
  const agentId = 'n'.repeat(500);
  const many = Array.from({ length: 25 }, (_, index) => `a${index}: agentId`).join(' ');
  const stream = await watch(`subscription { systemMetricsUpdates { memoryUsedBytes ${many} } }`);

  stream.pause();
  let sent = 0;
  await until('updates are dropped', async () => {
    for (let i = 0; i < 200; i++) await measured(agentId, sent++);
    return (await metric('culvert_live_dropped_total{feed="system_metrics"}')) > 0;
  });
  stream.resume();
  await until('the newest has come', () => stream.text().includes(`"memoryUsedBytes":${sent - 1},`));

  const dropped = await metric('culvert_live_dropped_total{feed="system_metrics"}');
  assert.equal(stream.data().length, sent - dropped);
});

test('what viewers follow goes on after NATS was away', async (t) => {
  const { watch, server, measured } = await start(t);
  const stream = await watch(QUERY);

  await server.kill();
  await server.restart();

  await until('a measurement arrives again', async () => {
    await measured('node-1', 1);
    return stream.data().length > 0;
  });
  assert.equal(stream.text().includes('event: complete'), false);
});

test('at shutdown viewers are told that it is over, and nobody is waited for', async (t) => {
  const { watch, api, stopFeeds, viewers } = await start(t);
  const stream = await watch(QUERY);

  stopFeeds();
  await api.stopAccepting();
  await stream.ended;

  assert.match(stream.text(), /event: complete\n/);
  assert.equal(await viewers(), 0);
});

test('a subscription needs the token that queries need, and server-sent events', async (t) => {
  const { watch, api } = await start(t, { token: 's3cret' });
  const ask = (headers: Record<string, string>) =>
    fetch(`http://127.0.0.1:${api.port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query: QUERY }),
    });

  const without = await ask({ accept: 'text/event-stream' });
  const json = await ask({ accept: 'application/json', authorization: 'Bearer s3cret' });
  const right = await watch(QUERY, { authorization: 'Bearer s3cret' });

  assert.equal(without.status, 401);
  assert.equal(right.status, 200);
  assert.equal(json.status, 406);
  assert.match(await json.text(), /text\/event-stream.*NOT_ACCEPTABLE/);
  right.leave();
});
