import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { createTestGraphql, type TestGraphql } from '../testing/graphql.ts';
import { FIRST_HOUR, startTestStore, type TestStore } from '../testing/store.ts';

const HOUR_MS = 3_600_000;
let store: TestStore;
let api: TestGraphql;

before(async () => {
  store = await startTestStore();
  for (const hour of [0, 1, 2]) {
    const [from, to] = [hour, hour + 1].map((count) => new Date(FIRST_HOUR + count * HOUR_MS).toISOString());
    await store.pool.query(
      `CREATE TABLE culvert.system_metrics_test_${hour} PARTITION OF culvert.system_metrics FOR VALUES FROM ('${from}') TO ('${to}')`,
    );
  }
  api = createTestGraphql(store.pool);
});
beforeEach(() => store.pool.query('TRUNCATE culvert.system_metrics'));
after(() => store.close());

function row(milliseconds: number, more: Readonly<Record<string, unknown>> = {}) {
  return {
    agent_id: 'node-1',
    at: new Date(FIRST_HOUR + milliseconds),
    cluster: 'local',
    namespace: 'culvert-system',
    ...more,
  };
}

async function ask(field: string): Promise<{ agentId: string; timestamp: string }[]> {
  const answer = await api.ask<{ systemMetrics: { agentId: string; timestamp: string }[] }>(
    `{ ${field} { agentId timestamp } }`,
  );
  assert.equal(answer.errors, undefined, JSON.stringify(answer.errors));
  return answer.data.systemMetrics;
}

test('S1-26: systemMetrics answers every value of a measurement, and null where it is not known', async () => {
  await store.insert('system_metrics', [
    row(1_234, {
      cpu_system_percent: 12.5,
      cpu_process_percent: 0,
      memory_used_bytes: '9007199254740993',
      memory_total_bytes: 2_048,
      memory_process_bytes: 99,
      network_rx_bytes_per_second: 1.5,
      network_tx_bytes_per_second: 2.5,
      disk_read_bytes_per_second: 3.5,
      disk_write_bytes_per_second: 4.5,
      disk_available_bytes: 5,
    }),
    row(0),
  ]);

  const answer = await api.ask<{ systemMetrics: unknown[] }>(`{ systemMetrics {
    agentId timestamp cpuSystemPercent cpuProcessPercent memoryUsedBytes memoryTotalBytes memoryProcessBytes
    networkRxBytesPerSecond networkTxBytesPerSecond diskReadBytesPerSecond diskWriteBytesPerSecond diskAvailableBytes
  } }`);

  const unknown = {
    cpuSystemPercent: null,
    cpuProcessPercent: null,
    memoryUsedBytes: null,
    memoryTotalBytes: null,
    memoryProcessBytes: null,
    networkRxBytesPerSecond: null,
    networkTxBytesPerSecond: null,
    diskReadBytesPerSecond: null,
    diskWriteBytesPerSecond: null,
    diskAvailableBytes: null,
  };
  assert.deepEqual(answer.data.systemMetrics, [
    {
      agentId: 'node-1',
      timestamp: '2026-01-31T10:00:01.234Z',
      cpuSystemPercent: 12.5,
      cpuProcessPercent: 0,
      memoryUsedBytes: '9007199254740993',
      memoryTotalBytes: 2_048,
      memoryProcessBytes: 99,
      networkRxBytesPerSecond: 1.5,
      networkTxBytesPerSecond: 2.5,
      diskReadBytesPerSecond: 3.5,
      diskWriteBytesPerSecond: 4.5,
      diskAvailableBytes: 5,
    },
    { agentId: 'node-1', timestamp: '2026-01-31T10:00:00.000Z', ...unknown },
  ]);
});

test('S1-26: systemMetrics gives the newest first, over hours, of one agent or of all, up to a limit', async () => {
  for (let minute = 0; minute < 70; minute++)
    await store.insert('system_metrics', [
      row(minute * 60_000),
      row(minute * 60_000, { agent_id: 'node-2' }),
    ]);

  const all = await ask('systemMetrics');
  const three = await ask('systemMetrics(limit: 3)');
  const one = await ask('systemMetrics(agentId: "node-1", limit: 500)');

  assert.equal(all.length, 60);
  assert.deepEqual(three, all.slice(0, 3));
  assert.deepEqual(three, [
    { agentId: 'node-2', timestamp: '2026-01-31T11:09:00.000Z' },
    { agentId: 'node-1', timestamp: '2026-01-31T11:09:00.000Z' },
    { agentId: 'node-2', timestamp: '2026-01-31T11:08:00.000Z' },
  ]);
  assert.equal(one.length, 70);
  assert.deepEqual(
    one,
    one.toSorted((a, b) => b.timestamp.localeCompare(a.timestamp)),
  );
  assert.ok(one.every(({ agentId }) => agentId === 'node-1'));
  assert.deepEqual(await ask('systemMetrics(agentId: "nobody")'), []);
  assert.deepEqual(await ask('systemMetrics(agentId: "\\u0000")'), []);
});

test('a limit out of range is refused with the range', async () => {
  for (const limit of [0, -1, 501]) {
    const answer = await api.ask(`{ systemMetrics(limit: ${limit}) { agentId } }`);

    assert.equal(answer.errors?.[0]?.extensions?.code, 'BAD_USER_INPUT');
    assert.equal(answer.errors[0].message, `limit: ${limit} is out of range; allowed: 1 to 500.`);
    assert.equal(api.statements.length, 0);
  }
});

test('the newest of all agents are read by an index of the newest hour alone', async () => {
  await store.pool.query(`INSERT INTO culvert.system_metrics (agent_id, at, cluster, namespace)
    SELECT 'node-' || agent, '2026-01-31T10:00:00Z'::timestamptz + second * interval '5 seconds', 'local', 'shop'
    FROM generate_series(1, 50) AS agent, generate_series(0, 1000) AS second`);
  await store.pool.query('ANALYZE culvert.system_metrics');
  await ask('systemMetrics(limit: 500)');
  const statement = (api.statements[0] ?? '').replace('$1', '500');

  const { rows } = await store.pool.query<{ 'QUERY PLAN': string }>(
    `EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) ${statement}`,
  );

  const plan = rows.map((line) => line['QUERY PLAN']).join('\n');
  assert.match(plan, /Index Scan Backward using system_metrics_test_1_at_agent_id_idx .*actual rows=500/);
  assert.match(plan, /system_metrics_test_0 .*\(never executed\)/);
  assert.doesNotMatch(plan, /Sort|Seq Scan/);
});
