import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Kvm } from '@nats-io/kv';
import { connect } from '@nats-io/transport-node';
import { Registry } from 'prom-client';
import { startNatsServer } from '@culvert/demo/launcher/nats-server';
import { becomesTrue } from '@culvert/demo/launcher/wait';
import { parseDocument } from '@culvert/policy/document';
import { manifestKey, workloadKey } from '@culvert/policy/keys';
import { AgentHeartbeat } from '@culvert/proto';
import { systemClock } from '@culvert/runtime/clock';
import { agentSubject } from '@culvert/traffic/subject';
import { linkNats } from '../nats-link.ts';
import { createTestLog } from '../testing/log.ts';
import { startPolicies } from './policies.ts';

const KEY = workloadKey('payments', 'Deployment/api', 'x');
const POLICY = `apiVersion: culvert.dev/v1alpha1
kind: CapturePolicy
metadata: { name: all, namespace: payments }
spec: { redaction: { headers: [x-card] } }
`;

async function setUp(t: TestContext) {
  const directory = await mkdtemp(join(tmpdir(), 'culvert-ownership-'));
  const server = await startNatsServer({ storeDir: join(directory, 'nats'), port: 0 });
  const nats = await connect({ servers: server.url });
  const kv = await new Kvm(nats).create('culvert-config', { history: 1, allow_direct: true });
  const folder = await mkdtemp(join(directory, 'config-'));
  await writeFile(join(folder, 'payments.yaml'), POLICY);
  const log = createTestLog();
  const registry = new Registry();
  const link = linkNats(server.url, log.log);
  const policies = startPolicies({ directory: folder, link, clock: systemClock, log: log.log, registry });
  t.after(async () => {
    await policies.stop();
    await link.close();
    await nats.close();
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });
  /** Sends a heartbeat on the subject of a namespace, whatever it claims. */
  const beat = (namespace: string, claims: Parameters<typeof AgentHeartbeat.fromPartial>[0]): void => {
    const owner = { cluster: 'local', namespace, agentId: `agent-of-${namespace}` };
    const heartbeat = AgentHeartbeat.fromPartial({ agentId: owner.agentId, ...claims });
    nats.publish(agentSubject('metrics', owner), AgentHeartbeat.encode(heartbeat).finish());
  };
  const documentAt = async (key: string) => {
    const entry = await kv.get(key);
    return entry?.operation === 'PUT' ? parseDocument(entry.string()) : undefined;
  };
  const until = async (condition: () => boolean | Promise<boolean>, what: string): Promise<void> => {
    const happened = await becomesTrue(condition, { timeoutMs: 20_000 });
    assert.ok(happened, `${what}; ${policies.report().problems.join('\n')}`);
  };
  return { kv, policies, log, registry, beat, documentAt, until };
}

test('an agent that names the key of another namespace changes nothing there, and everybody is told', async (t) => {
  const { policies, log, registry, beat, documentAt, until } = await setUp(t);
  await until(async () => {
    beat('payments', { configKey: KEY });
    return (await documentAt(KEY)) !== undefined;
  }, 'payments has its document');
  const before = await documentAt(KEY);

  const identity = { cluster: 'local', namespace: 'payments', workload: 'Deployment/api' };
  for (const configKey of [KEY, 'shared', 'workload.payments.api', 'manifest.payments', 'workload.payment.x'])
    beat('dev', { configKey, identity, configRevision: 'other' });
  beat('dev', { configKey: KEY, identity, configRevision: 'other' });
  beat('dev', { configKey: KEY, identity, configRevision: 'other' });
  await until(async () => {
    beat('staging', { configKey: 'workload.staging.api' });
    return (await documentAt('workload.staging.api')) !== undefined;
  }, 'what came later is served');

  assert.deepEqual(await documentAt(KEY), before);
  assert.deepEqual(before?.otherPorts.redaction.headers.includes('x-card'), true);
  assert.equal(await documentAt('shared'), undefined);
  const sentence =
    /^agent "agent-of-dev" of namespace "dev" names the key "workload\.payments\.Deployment\.api\.x", which is none of its namespace: give it a CULVERT_CONFIG_KEY that begins with workload\.dev\. /;
  assert.deepEqual(
    policies.report().problems.map((problem) => sentence.test(problem)),
    [true],
  );
  assert.equal(log.lines.filter(({ msg }) => sentence.test(String(msg))).length, 2, 'once for each change');
  assert.match(await registry.metrics(), /^culvert_policy_keys_refused_total\{code="foreign_key"\} 7$/m);

  beat('dev', { configKey: 'workload.dev.api' });
  await until(() => policies.report().problems.length === 0, 'the mistake is mended');
});

test('documents of a namespace that an operator works for are left to it, until its manifest is gone', async (t) => {
  const { kv, policies, registry, beat, documentAt, until } = await setUp(t);
  await kv.put(KEY, 'what the operator wrote');
  await kv.put(manifestKey('payments'), JSON.stringify({ namespace: 'payments', documents: { [KEY]: 'r' } }));
  const later = workloadKey('payments', 'Deployment/later', 'x');

  await until(() => {
    beat('payments', { configKey: later });
    beat('payments', { configKey: KEY });
    return policies.report().problems.some((problem) => problem.includes('an operator writes'));
  }, 'it is told');

  assert.equal((await kv.get(KEY))?.string(), 'what the operator wrote');
  assert.equal(await kv.get(later), null);
  assert.match(
    policies.report().problems.join('\n'),
    /is not written: an operator writes the documents of namespace "payments", as manifest\.payments in the bucket says\. .*delete manifest\.payments$/,
  );
  assert.match(await registry.metrics(), /^culvert_policy_keys_refused_total\{code="operator_owns"\} [1-9]/m);
  await kv.delete(manifestKey('payments'));
  await until(async () => {
    beat('payments', { configKey: KEY, configRevision: String(Math.random()) });
    return (await kv.get(KEY))?.string() !== 'what the operator wrote';
  }, 'the folder takes over');
  assert.equal((await documentAt(KEY))?.workload, 'Pod/agent-of-payments');
  await until(() => policies.report().problems.length === 0, 'nothing is wrong any more');
});
