import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startOrchestrator, startSidecar } from '@culvert/demo/launcher/culvert';
import { eventually } from './rig/eventually.ts';
import { createEndings, startStackWith } from './rig/stack.ts';

interface SystemMetrics {
  readonly agentId: string;
  readonly timestamp: string;
  readonly [value: string]: unknown;
}

const AMOUNTS = ['memoryUsedBytes', 'memoryTotalBytes', 'memoryProcessBytes', 'diskAvailableBytes'];
const RATES = ['cpuSystemPercent', 'cpuProcessPercent', 'networkRxBytesPerSecond', 'networkTxBytesPerSecond'];
const DISK_RATES = ['diskReadBytesPerSecond', 'diskWriteBytesPerSecond'];
const VALUES = ['agentId', 'timestamp', ...AMOUNTS, ...RATES, ...DISK_RATES].join(' ');

test('S1-12 S1-15 S1-16 S1-17 S1-18 S1-26: what a sidecar and a node agent measure is answered by queries and followed live', async (t) => {
  const endings = createEndings();
  t.after(() => endings.run());
  const stack = await startStackWith(endings);
  // Another replica, without ingest: viewers may be at any.
  const replica = await startOrchestrator({
    environment: {
      CULVERT_ROLES: 'api',
      CULVERT_POSTGRES_URL: stack.postgres.url,
      NATS_URL: stack.nats.url,
    },
  });
  endings.add(() => replica.stop());
  const viewer = follow(replica.apiUrl, 'node-1');
  endings.add(() => viewer.leave());
  const node = await startSidecar({
    args: ['--role', 'node'],
    environment: {
      CULVERT_AGENT_ID: 'node-1',
      CULVERT_NAMESPACE: 'culvert-system',
      CULVERT_NODE: 'worker-1',
      CULVERT_HEARTBEAT_MS: '500',
      NATS_URL: stack.nats.url,
    },
  });
  endings.add(() => node.stop());

  const read = (agentId: string): Promise<SystemMetrics[]> =>
    stack.graphql
      .query<{ systemMetrics: SystemMetrics[] }>(
        `query ($agentId: String) { systemMetrics(agentId: $agentId, limit: 3) { ${VALUES} } }`,
        { agentId },
      )
      .then((data) => data.systemMetrics);
  for (const agentId of ['agent-1', 'node-1']) {
    const measured = await eventually(
      () => read(agentId),
      (answer) => answer.length === 3,
      `${agentId} has measured three times`,
    );
    const [newest, second] = measured as [SystemMetrics, SystemMetrics];
    assert.ok(newest.timestamp > second.timestamp, 'the newest comes first');
    // What groups read and write is not counted on every machine.
    const expected = [...AMOUNTS, ...RATES, ...(agentId === 'node-1' ? DISK_RATES : [])];
    for (const name of expected)
      assert.ok(
        Number(newest[name]) >= 0 && newest[name] !== null,
        `${agentId}: ${name} is ${String(newest[name])}`,
      );
    assert.ok(Number(newest['memoryUsedBytes']) <= Number(newest['memoryTotalBytes']));
    assert.ok(Number(newest['memoryProcessBytes']) > 0);
  }

  const live = await eventually(
    () => Promise.resolve(viewer.updates),
    (updates) => updates.length >= 2,
    'two measurements were followed live',
  );
  assert.ok(live.every(({ agentId }) => agentId === 'node-1'));
  const first = live[0] as SystemMetrics;
  const stored = await eventually(
    () =>
      stack.graphql.query<{ systemMetrics: SystemMetrics[] }>(
        `{ systemMetrics(agentId: "node-1", limit: 500) { ${VALUES} } }`,
      ),
    ({ systemMetrics }) => systemMetrics.some(({ timestamp }) => timestamp === first.timestamp),
    'what was followed live is stored',
  );
  assert.deepEqual(
    stored.systemMetrics.find(({ timestamp }) => timestamp === first.timestamp),
    first,
  );

  const { agents } = await stack.graphql.query<{ agents: Record<string, unknown>[] }>(
    '{ agents { agentId role node state books { captured balanced } } }',
  );
  assert.deepEqual(
    agents.find((agent) => agent['agentId'] === 'node-1'),
    {
      agentId: 'node-1',
      role: 'node',
      node: 'worker-1',
      state: 'CONNECTED',
      books: { captured: 0, balanced: true },
    },
  );

  await replica.stop();
  await viewer.ended;
  assert.ok(viewer.completed, 'a viewer is told of the end');
  assert.match(replica.tail(), /"clean":true/, 'nothing had to be cut off');
});

/** Follows the measurements of an agent as a client does. */
function follow(apiUrl: string, agentId: string) {
  const leaving = new AbortController();
  const viewer = {
    updates: [] as SystemMetrics[],
    completed: false,
    ended: Promise.resolve(),
    leave: async () => {
      leaving.abort();
      await viewer.ended;
    },
  };
  const listen = async (): Promise<void> => {
    const response = await fetch(`${apiUrl}/graphql`, {
      method: 'POST',
      signal: leaving.signal,
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({
        query: `subscription { systemMetricsUpdates(agentId: "${agentId}") { ${VALUES} } }`,
      }),
    });
    let text = '';
    for await (const piece of response.body ?? []) {
      text += Buffer.from(piece).toString();
      const events = text.split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) {
        if (event.startsWith('event: complete')) viewer.completed = true;
        const data = /^event: next\ndata: (.*)$/.exec(event)?.[1];
        if (data !== undefined)
          viewer.updates.push(
            (JSON.parse(data) as { data: { systemMetricsUpdates: SystemMetrics } }).data.systemMetricsUpdates,
          );
      }
    }
  };
  viewer.ended = listen().catch((error: unknown) => {
    if (!leaving.signal.aborted) throw error;
  });
  return viewer;
}
