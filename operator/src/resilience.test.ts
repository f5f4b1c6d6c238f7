import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import type { OperatorProcess } from '@culvert/demo/launcher/culvert';
import { becomesTrue } from '@culvert/demo/launcher/wait';
import type { WorkloadDocument } from '@culvert/policy/document';
import { connectNats } from '@culvert/runtime/nats';
import { Kvm } from '@nats-io/kv';
import { startInstallation, type Installation } from './testing/installation.ts';
import { applyPolicy, beat, conditionOf, createPod, readPolicy, type Policy } from './testing/objects.ts';

const PATIENCE = { timeoutMs: 40_000, everyMs: 50 };

let installation: Installation;
let operator: OperatorProcess;

before(async () => {
  installation = await startInstallation();
  operator = await installation.startOperator();
});
after(() => installation?.stop());

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  assert.ok(await becomesTrue(condition, PATIENCE), `it never came to this: ${what}`);
}

async function statusIs(namespace: string, name: string, type: string, expected: string): Promise<Policy> {
  let policy: Policy | undefined;
  await until(`${namespace}/${name} has ${type} ${expected}`, async () => {
    policy = await readPolicy(installation.client, namespace, name);
    return conditionOf(policy, type) === expected;
  });
  assert.ok(policy);
  return policy;
}

/** What a key of the bucket holds, by a connection of its own. */
async function valueAt(key: string): Promise<string | undefined> {
  const nats = await connectNats(installation.nats.url, 'test');
  try {
    return (await (await new Kvm(nats).open('culvert-config')).get(key))?.string();
  } finally {
    await nats.close();
  }
}

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${operator.metricsUrl}/metrics`)).text();
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1) ?? Number.NaN);
}

test('watches go on where they were when the API server was away', async () => {
  const { api, client } = installation;
  await api.createNamespace('before', { 'culvert.dev/inject': 'enabled' });
  await applyPolicy(client, 'before', 'all', {});
  await statusIs('before', 'all', 'Ready', 'True NoMatchingPods');

  await api.restart();
  await createPod(client, 'before', { name: 'one' });

  await statusIs('before', 'all', 'Ready', 'False NotInjected');
  assert.ok((await metric('culvert_operator_watches_total{kind="pods",reason="failed"}')) > 0);
});

test('while NATS is away statuses say so and the operator stays ready, and everything is made up for when it is back', async () => {
  const { api, client, nats } = installation;
  await api.createNamespace('offline', { 'culvert.dev/inject': 'enabled' });
  const key = 'workload.offline.Pod.one.v1';
  await nats.stop();

  await createPod(client, 'offline', { name: 'one', sidecar: { key, captured: [8080] } });
  await applyPolicy(client, 'offline', 'all', {});
  await statusIs('offline', 'all', 'Ready', 'False ConfigNotDistributed');
  assert.equal((await fetch(`${operator.metricsUrl}/readyz`)).status, 200);
  await nats.restart();

  await statusIs('offline', 'all', 'Ready', 'False Outdated');
  assert.match((await valueAt(key)) ?? '', /"policy":"offline\/all"/);
});

test('a policy that has become invalid is refused with a reason, and nothing that it selects is captured until it is mended, over a restart of the operator, too', async () => {
  const { api, client } = installation;
  await api.createNamespace('broken', { 'culvert.dev/inject': 'enabled' });
  const key = 'workload.broken.Pod.one.v1';
  const pod = await createPod(client, 'broken', { name: 'one', sidecar: { key, captured: [8080] } });
  await applyPolicy(client, 'broken', 'all', { sampling: { percent: 7 } });
  await until('a document', async () => /"policy":"broken\/all"/.test((await valueAt(key)) ?? ''));
  const definition = await readFile(new URL('../../crds/capturepolicies.yaml', import.meta.url), 'utf8');
  const lax = definition.replace(
    /openAPIV3Schema:[\s\S]*/,
    'openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true }\n',
  );
  await api.apply(lax);

  await until('the broken policy is taken', async () =>
    applyPolicy(client, 'broken', 'all', { sampling: { percent: 7_000 } }).then(
      () => true,
      () => false,
    ),
  );
  const invalid = await statusIs('broken', 'all', 'Accepted', 'False Invalid');
  assert.match(invalid.status?.conditions?.[0]?.message ?? '', /percent/);
  assert.equal(invalid.status?.matchedPods, 1);
  const closed = async (): Promise<boolean> => {
    const { ports, otherPorts } = JSON.parse((await valueAt(key)) ?? '{}') as WorkloadDocument;
    return [...Object.values(ports), otherPorts].every(({ capture }) => !capture);
  };
  await until('nothing is captured', closed);
  await operator.stop();
  operator = await installation.startOperator();
  await until(
    'it is reconciled',
    async () => (await metric('culvert_operator_reconciliations_total{result="success"}')) > 3,
  );

  assert.equal(await closed(), true);
  const nats = await connectNats(installation.nats.url, 'test');
  beat(nats, pod, (JSON.parse((await valueAt(key)) ?? '') as WorkloadDocument).revision);
  await nats.close();
  await until(
    'the status says why the pod is not captured',
    async () =>
      (await readPolicy(client, 'broken', 'all')).status?.uncovered?.[0]?.reason === 'PolicyUnreadable',
  );
  await api.apply(definition);
  await until('the mended policy is taken', async () =>
    applyPolicy(client, 'broken', 'all', { sampling: { percent: 7 } }).then(
      () => true,
      () => false,
    ),
  );
  await statusIs('broken', 'all', 'Accepted', 'True Accepted');
  await until(
    'the mended policy counts again',
    async () => (await valueAt(key))?.includes('"capture":true') === true,
  );
});

test('statuses are written only when they change', async () => {
  const { api, client } = installation;
  await api.createNamespace('calm', { 'culvert.dev/inject': 'enabled' });
  await applyPolicy(client, 'calm', 'all', {});
  await createPod(client, 'calm', { name: 'one' });
  const policy = await statusIs('calm', 'all', 'Ready', 'False NotInjected');
  const done = await metric('culvert_operator_reconciliations_total{result="success"}');

  await client.merge('/api/v1/namespaces/calm/pods/one', {
    metadata: { annotations: { 'culvert.dev/x': '1' } },
  });
  await until(
    'the namespace is reconciled again',
    async () => (await metric('culvert_operator_reconciliations_total{result="success"}')) > done,
  );

  const later = await readPolicy(client, 'calm', 'all');
  assert.equal(later.metadata.resourceVersion, policy.metadata.resourceVersion);
});

test('A7: an operator that ends admits the pods that are still sent to it, and says that it is not ready', async () => {
  const ending = await installation.startOperator({ CULVERT_WEBHOOK_LINGER_MS: '20000' });
  const port = ending.webhookPort;
  const isListening = (): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect(port, 'localhost');
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => {
        resolve(false);
      });
    });

  process.kill(ending.pid, 'SIGTERM');
  await until('it is not ready', async () => (await fetch(`${ending.metricsUrl}/readyz`)).status === 503);
  const admits = await isListening();

  await ending.kill();
  assert.equal(admits, true);
});
