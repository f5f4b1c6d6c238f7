import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../ingest/testing/rig.ts';
import { startLiveRig } from './testing/live-rig.ts';
import { startRelay } from './testing/relay.ts';
import { createAgent, told, UPDATE, updates } from './testing/traffic.ts';

const ALL = `subscription { trafficEvents { ${UPDATE} } }`;
const QUICKLY = { limits: { gapGraceMs: 50 } };

test('events that never come show as a gap, with how many and since when', async (t) => {
  const rig = await startLiveRig(t);
  const { watch, metric } = await rig.replica(QUICKLY);
  const agent = createAgent(rig.agents);
  const stream = await watch(ALL);
  const before = Date.now();

  await agent.publish(agent.exchanges('/1', '/2'));
  await stream.events(2);
  const known = Date.now();
  agent.exchanges('/lost', '/lost', '/lost');
  await agent.publish(agent.exchanges('/6'));
  await stream.events(4);

  assert.deepEqual(told(stream), ['/1', '/2', '/6', 3]);
  const since = Date.parse(updates(stream).at(-1)?.since ?? '');
  assert.ok(since >= before && since <= known, 'since the agent was last heard');
  assert.equal(await metric('culvert_live_gaps_total'), 1);
  assert.equal(await metric('culvert_live_lost_events_total'), 3);
});

test('events that come late are shown and no gap', async (t) => {
  const rig = await startLiveRig(t);
  const { watch, metric } = await rig.replica({ limits: { gapGraceMs: 600 } });
  const agent = createAgent(rig.agents);
  const stream = await watch(ALL);
  const [one, two, three, four] = ['/1', '/2', '/3', '/4'].map((path) => agent.exchanges(path));
  assert.ok(one && two && three && four);
  agent.exchanges('/lost');
  const last = agent.exchanges('/6');

  for (const published of [one, four, three, two, three, last]) await agent.publish(published);
  await stream.events(6);

  assert.deepEqual(told(stream), ['/1', '/4', '/3', '/2', '/6', 1]);
  assert.equal(await metric('culvert_live_lost_events_total'), 1);
});

test('what was published before anybody followed, or while nobody did, is no gap', async (t) => {
  const rig = await startLiveRig(t);
  const { watch, metric } = await rig.replica(QUICKLY);
  const agent = createAgent(rig.agents);
  const marker = createAgent(rig.agents, 'agent-2');
  const viewers = (): Promise<number> => metric('culvert_live_subscribers{feed="traffic"}');

  const [one, , three] = ['/1', '/2', '/3'].map((path) => agent.exchanges(path));
  assert.ok(one && three);
  const first = await watch(ALL);
  await agent.publish(three);
  await agent.publish(one);
  await first.events(2);
  first.leave();
  await until('nobody follows', async () => (await viewers()) === 0);
  await agent.publish(agent.exchanges('/4'));
  const second = await watch(ALL);
  await agent.publish(agent.exchanges('/5'));
  // A gap of another agent comes when one of this agent would have come already.
  await marker.publish(marker.exchanges('/a'));
  marker.exchanges('/lost', '/lost');
  await marker.publish(marker.exchanges('/d'));
  await second.events(4);

  assert.deepEqual(told(first), ['/3', '/1']);
  assert.deepEqual(told(second), ['/5', '/a', '/d', 2]);
});

test('a restarted agent counts from 1 again: its first events are no repetition, and missing ones a gap', async (t) => {
  const rig = await startLiveRig(t);
  const { watch } = await rig.replica(QUICKLY);
  const boots = [1, 2, 3].map((boot) => createAgent(rig.agents, 'agent-1', boot));
  const [first, second, third] = boots;
  assert.ok(first && second && third);
  const stream = await watch(ALL);

  await first.publish(first.exchanges('/1'));
  await second.publish(second.exchanges('/2'));
  third.exchanges('/lost', '/lost');
  await third.publish(third.exchanges('/3'));
  await stream.events(4);

  assert.deepEqual(told(stream), ['/1', '/2', '/3', 2]);
});

test('a gap is told to those whose filter lets the agent through', async (t) => {
  const rig = await startLiveRig(t);
  const { watch } = await rig.replica(QUICKLY);
  const [one, two] = [createAgent(rig.agents, 'agent-1'), createAgent(rig.agents, 'agent-2')];
  const [all, some] = [
    await watch(ALL),
    await watch(`subscription { trafficEvents(filter: { agentIds: ["agent-2"] }) { ${UPDATE} } }`),
  ];

  await one.publish(one.exchanges('/1'));
  await two.publish(two.exchanges('/2'));
  one.exchanges('/lost');
  await one.publish(one.exchanges('/3'));
  await all.events(4);
  two.exchanges('/lost', '/lost');
  await two.publish(two.exchanges('/4'));
  await some.events(3);
  await all.events(6);

  assert.deepEqual(told(all), ['/1', '/2', '/3', 1, '/4', 2]);
  assert.deepEqual(told(some), ['/2', '/4', 2]);
});

test('a dead letter that is published again is no traffic of now and no gap', async (t) => {
  const rig = await startLiveRig(t);
  const { watch } = await rig.replica(QUICKLY);
  const agent = createAgent(rig.agents);
  const stream = await watch(ALL);
  const letter = agent.exchanges('/letter');
  for (let i = 0; i < 5; i++) agent.exchanges('/before');

  await agent.publish(letter, { headers: { 'Culvert-Dead-Letter': '1/token' } });
  await agent.publish(agent.exchanges('/7'));
  agent.exchanges('/lost');
  await agent.publish(agent.exchanges('/9'));
  await stream.events(3);

  assert.deepEqual(told(stream), ['/7', '/9', 1]);
});

test('what was published while NATS was out of reach shows as a gap, and updates go on', async (t) => {
  const rig = await startLiveRig(t);
  const relay = await startRelay(rig.server.port);
  t.after(() => relay.cut());
  const { watch, nats } = await rig.replica({ ...QUICKLY, natsPort: relay.port });
  const agent = createAgent(rig.agents);
  const stream = await watch(ALL);
  await agent.publish(agent.exchanges('/1'));
  await stream.events(1);

  await relay.cut();
  await agent.publish(agent.exchanges('/2', '/3'));
  await agent.publish(agent.exchanges('/4'));
  await relay.restore();
  await until('NATS is reached again', () => nats.flush().then(() => true));
  await agent.publish(agent.exchanges('/5'));
  await stream.events(3);

  assert.deepEqual(told(stream), ['/1', '/5', 3]);
  assert.equal(stream.text().includes('event: complete'), false);
});

test('after the server itself was away what is published is shown again', async (t) => {
  const rig = await startLiveRig(t);
  const { watch } = await rig.replica(QUICKLY);
  const agent = createAgent(rig.agents);
  const stream = await watch(ALL);

  await rig.server.kill();
  await rig.server.restart();
  const first = agent.exchanges('/1');
  await until('an update comes again', async () => {
    await agent.publish(first);
    return stream.data().length > 0;
  });

  assert.deepEqual(told(stream), ['/1']);
});
