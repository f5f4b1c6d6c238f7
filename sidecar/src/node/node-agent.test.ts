import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startNatsServer } from '@culvert/demo/launcher/nats-server';
import { AgentHeartbeat } from '@culvert/proto';
import { createLogger } from '@culvert/runtime/log';
import { connect } from '@nats-io/transport-node';
import { jetstreamManager } from '@nats-io/jetstream';
import { becomes, startUpstream } from '../capture/testing/kit.ts';
import { readNodeConfig } from './config.ts';
import { startNodeAgent } from './node-agent.ts';

const log = createLogger('test', 'fatal');

function temporary(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'culvert-node-'));
  t.after(() => {
    rmSync(directory, { recursive: true });
  });
  return directory;
}

test('a node agent says how its machine does until it says goodbye, by credentials that may come later', async (t) => {
  const directory = temporary(t);
  const nats = await startNatsServer({
    storeDir: join(directory, 'nats'),
    port: 0,
    configuration: 'authorization { user: agents, password: geheim }',
  });
  t.after(() => nats.stop());
  const connection = await connect({ servers: nats.url, user: 'agents', pass: 'geheim' });
  t.after(() => connection.close());
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: 'METRICS', subjects: ['culvert.metrics.>'] });
  const heartbeats: AgentHeartbeat[] = [];
  connection.subscribe('culvert.metrics.local.system.node-a', {
    callback: (_error, message) => {
      heartbeats.push(AgentHeartbeat.decode(message.data));
    },
  });
  const secrets = join(directory, 'secrets');
  const config = readNodeConfig({
    CULVERT_AGENT_ID: 'node-a',
    CULVERT_NAMESPACE: 'system',
    CULVERT_NODE: 'a',
    CULVERT_METRICS_PORT: '0',
    CULVERT_HEARTBEAT_MS: '100',
    CULVERT_SECRETS_DIR: secrets,
    NATS_URL: nats.url,
  });

  const agent = await startNodeAgent(config, '1.2.3', log);
  const ready = await fetch(`http://127.0.0.1:${agent.metricsPort}/readyz`);
  const metrics = await (await fetch(`http://127.0.0.1:${agent.metricsPort}/metrics`)).text();
  mkdirSync(secrets);
  writeFileSync(join(secrets, 'nats-user'), 'agents\n');
  writeFileSync(join(secrets, 'nats-password'), 'geheim\n');
  await becomes(
    () => heartbeats.filter(({ system }) => system !== undefined).length >= 2,
    'it was measured twice',
  );
  await agent.stop();
  await becomes(() => heartbeats.at(-1)?.closing === true, 'the last heartbeat has come');

  assert.equal(ready.status, 200, 'it is ready without NATS');
  assert.match(metrics, /^culvert_nats_connected 0$/m);
  const [first, second] = heartbeats.filter(({ system }) => system !== undefined);
  assert.deepEqual(
    { ...first?.identity },
    {
      cluster: 'local',
      namespace: 'system',
      workload: '',
      pod: '',
      node: 'a',
      version: '1.2.3',
      role: 'node',
    },
  );
  assert.deepEqual([first?.books, first?.agentId, first?.closing], [[], 'node-a', false]);
  assert.ok((first?.system?.memoryTotalBytes ?? 0) > 0);
  assert.ok((second?.system?.cpuSystemPercent ?? -1) >= 0);
  assert.equal(heartbeats.filter(({ closing }) => closing).length, 1);
});

test('a taken port is named with its variable', async (t) => {
  const holder = await startUpstream(() => undefined);
  t.after(() => holder.close());
  const config = readNodeConfig({
    CULVERT_METRICS_PORT: String(holder.port),
    NATS_URL: 'nats://127.0.0.1:1',
  });

  await assert.rejects(startNodeAgent(config, '0', log), {
    message: new RegExp(`^port ${holder.port} is taken.* CULVERT_METRICS_PORT$`),
  });
});
