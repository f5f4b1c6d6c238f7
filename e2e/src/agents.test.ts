import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { jetstream } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import pg from 'pg';
import { startSidecar } from '@culvert/demo/launcher/culvert';
import { freePort } from '@culvert/demo/launcher/ports';
import { AgentHeartbeat, type SystemMetricsEvent } from '@culvert/proto';
import { eventually } from './rig/eventually.ts';
import { createEndings, startStackWith, type Stack } from './rig/stack.ts';

interface Answer {
  readonly requests: { readonly agentId: string; readonly namespace: string; readonly path: string }[];
  readonly agents: { readonly agentId: string; readonly state: string; readonly pod: string }[];
}

test('S1-01: two agents report to one orchestrator, which keeps exchanges, agents and metrics', async (t) => {
  const endings = createEndings();
  t.after(() => endings.run());
  const stack = await startStackWith(endings);
  const port = await freePort();
  const state = await mkdtemp(join(tmpdir(), 'culvert-e2e-'));
  endings.add(() => rm(state, { recursive: true, force: true }));
  const second = await startSidecar({
    environment: {
      CULVERT_CAPTURE: `${port}=127.0.0.1:${stack.application.port}`,
      CULVERT_AGENT_ID: 'agent-2',
      CULVERT_NAMESPACE: 'billing',
      CULVERT_POD: 'billing-0',
      CULVERT_STATE_DIR: state,
      CULVERT_HEARTBEAT_MS: '200',
      NATS_URL: stack.nats.url,
    },
  });
  endings.add(() => second.stop());

  await fetch(`http://127.0.0.1:${stack.port}/first`);
  await fetch(`http://127.0.0.1:${port}/second`);
  const answer = await eventually(
    () => stack.graphql.query<Answer>('{ requests { agentId namespace path } agents { agentId state pod } }'),
    ({ requests, agents }) => requests.length === 2 && agents.length === 2,
    'both agents and their exchanges are there',
  );
  assert.deepEqual(
    answer.requests.toSorted((a, b) => a.path.localeCompare(b.path)),
    [
      { agentId: 'agent-1', namespace: 'shop', path: '/first' },
      { agentId: 'agent-2', namespace: 'billing', path: '/second' },
    ],
  );
  assert.deepEqual(
    answer.agents.toSorted((a, b) => a.agentId.localeCompare(b.agentId)),
    [
      { agentId: 'agent-1', state: 'CONNECTED', pod: 'checkout-0' },
      { agentId: 'agent-2', state: 'CONNECTED', pod: 'billing-0' },
    ],
  );
  await reportMetrics(stack, 'agent-3');
  const { rows } = await eventually(
    () =>
      select(
        stack,
        `SELECT agent_id, memory_used_bytes FROM culvert.system_metrics WHERE agent_id = 'agent-3'`,
      ),
    (result) => result.rows.length > 0,
    'the measurement is stored',
  );
  assert.deepEqual(rows, [{ agent_id: 'agent-3', memory_used_bytes: '1234' }]);
});

/** As a node agent does. */
async function reportMetrics(stack: Stack, agentId: string): Promise<void> {
  const at = { seconds: Math.floor(Date.now() / 1000), nanos: 0 };
  const system: SystemMetricsEvent = {
    cpuSystemPercent: 12.5,
    cpuProcessPercent: 1,
    memoryUsedBytes: 1234,
    memoryTotalBytes: 5678,
    memoryProcessBytes: 99,
    networkRxBytesPerSecond: 1,
    networkTxBytesPerSecond: 2,
    diskReadBytesPerSecond: 3,
    diskWriteBytesPerSecond: 4,
    diskAvailableBytes: 5,
    at,
  };
  const heartbeat: AgentHeartbeat = {
    schemaVersion: 1,
    agentId,
    bootId: Buffer.alloc(16, 7),
    identity: {
      cluster: 'local',
      namespace: 'nodes',
      workload: '',
      pod: '',
      node: 'n',
      version: '0',
      role: 'node',
    },
    at,
    books: [],
    system,
    configRevision: '',
    configKey: '',
    labels: {},
    capabilities: [],
    closedBoots: [],
    closing: false,
  };
  const nats = await connect({ servers: stack.nats.url });
  await jetstream(nats).publish(
    `culvert.metrics.local.nodes.${agentId}`,
    AgentHeartbeat.encode(heartbeat).finish(),
  );
  await nats.close();
}

async function select(stack: Stack, sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client(stack.postgres.url);
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}
