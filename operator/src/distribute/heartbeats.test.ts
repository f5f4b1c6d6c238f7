import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { connect } from '@nats-io/transport-node';
import { startNatsServer } from '@culvert/demo/launcher/nats-server';
import { becomesTrue } from '@culvert/demo/launcher/wait';
import { AgentHeartbeat } from '@culvert/proto';
import { createLogger } from '@culvert/runtime/log';
import { agentSubject } from '@culvert/traffic/subject';
import { hearHeartbeats } from './heartbeats.ts';
import { linkNats } from './nats-link.ts';

async function setUp(t: TestContext, mostAgents?: number) {
  const directory = await mkdtemp(join(tmpdir(), 'culvert-heartbeats-'));
  const server = await startNatsServer({ storeDir: directory, port: 0 });
  const agents = await connect({ servers: server.url });
  const log = createLogger('test', 'fatal');
  const link = linkNats(server.url, '', log);
  t.after(async () => {
    await link.close();
    await agents.close();
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });
  const touched: string[] = [];
  const heartbeats = hearHeartbeats({
    link,
    cluster: 'local',
    now: () => 0,
    log,
    onRevision: (_, namespace) => touched.push(namespace),
    ...(mostAgents !== undefined && { mostAgents }),
  });
  /** Publishes from a namespace whatever a heartbeat claims. */
  const beat = (
    namespace: string,
    agentId: string,
    claims: Parameters<typeof AgentHeartbeat.fromPartial>[0],
  ) => {
    agents.publish(
      agentSubject('metrics', { cluster: 'local', namespace, agentId }),
      AgentHeartbeat.encode(AgentHeartbeat.fromPartial({ agentId, ...claims })).finish(),
    );
  };
  const until = async (condition: () => boolean, what: string) => {
    assert.ok(await becomesTrue(condition, { timeoutMs: 20_000 }), what);
  };
  await until(() => {
    beat('first', 'first', {});
    return heartbeats.revisionOf('first', 'first') !== undefined;
  }, 'heartbeats are heard');
  touched.length = 0;
  return { heartbeats, touched, beat, until };
}

test('nobody says which revision a pod of another namespace runs, and nobody lets it be reconciled', async (t) => {
  const { heartbeats, touched, beat, until } = await setUp(t);
  beat('payments', 'pod-1', { configRevision: 'good' });
  await until(() => heartbeats.revisionOf('payments', 'pod-1') === 'good', 'the pod is heard');
  touched.length = 0;

  const identity = { cluster: 'local', namespace: 'payments' };
  beat('dev', 'pod-1', { identity, configRevision: 'bad' });
  beat('dev', 'pod-2', { agentId: 'pod-1', identity, configRevision: 'bad' });
  beat('dev', 'pod-1', { identity, closing: true });
  beat('dev', 'last', { configRevision: 'last' });
  await until(() => heartbeats.revisionOf('dev', 'last') === 'last', 'all have been heard');

  assert.equal(heartbeats.revisionOf('payments', 'pod-1'), 'good');
  assert.deepEqual([...new Set(touched)], ['dev']);
});

test('a namespace that speaks for very many agents pushes out none of others', async (t) => {
  const { heartbeats, beat, until } = await setUp(t, 10);
  beat('payments', 'pod-1', { configRevision: 'good' });

  for (let index = 0; index < 50; index++) beat('dev', `pod-${index}`, { configRevision: 'any' });
  await until(() => heartbeats.revisionOf('dev', 'pod-49') === 'any', 'all have been heard');

  assert.equal(heartbeats.size, 10);
  assert.equal(heartbeats.revisionOf('payments', 'pod-1'), 'good');
});
