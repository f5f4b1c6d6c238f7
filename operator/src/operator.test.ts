import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { becomesTrue } from '@culvert/demo/launcher/wait';
import type { WorkloadDocument } from '@culvert/policy/document';
import { connectNats } from '@culvert/runtime/nats';
import { Kvm, type KV } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { startInstallation, type Installation } from './testing/installation.ts';
import { applyPolicy, beat, conditionOf, createPod, deletePod, readPolicy } from './testing/objects.ts';

const PATIENCE = { timeoutMs: 20_000, everyMs: 50 };

let installation: Installation;
let nats: NatsConnection;
let bucket: KV;

before(async () => {
  installation = await startInstallation();
  await installation.startOperator({ CULVERT_DOCUMENT_GRACE_MS: '500' });
  nats = await connectNats(installation.nats.url, 'test');
  await until('the bucket is there', async () => {
    bucket = await new Kvm(nats).open('culvert-config');
    return (await bucket.status().catch(() => undefined)) !== undefined;
  });
});
after(async () => {
  await nats?.close();
  await installation?.stop();
});

async function until(what: string, condition: () => Promise<boolean> | boolean): Promise<void> {
  assert.ok(await becomesTrue(condition, PATIENCE), `it never came to this: ${what}`);
}

async function documentAt(key: string): Promise<WorkloadDocument | undefined> {
  const entry = await bucket.get(key);
  return entry?.operation === 'PUT' ? entry.json<WorkloadDocument>() : undefined;
}

async function statusIs(namespace: string, name: string, type: string, expected: string): Promise<void> {
  await until(`${namespace}/${name} has ${type} ${expected}`, async () => {
    return conditionOf(await readPolicy(installation.client, namespace, name), type) === expected;
  });
}

test('a policy becomes a document of its workload, a manifest and a Secret, and the status counts the pods', async () => {
  const { api, client } = installation;
  await api.createNamespace('shop', { 'culvert.dev/inject': 'enabled' });
  const key = 'workload.shop.Pod.cart.v1';
  await createPod(client, 'shop', {
    name: 'cart',
    labels: { app: 'cart' },
    sidecar: { key, captured: [8080] },
  });
  await createPod(client, 'shop', { name: 'late', labels: { app: 'cart' } });

  await applyPolicy(client, 'shop', 'carts', {
    selector: { matchLabels: { app: 'cart' } },
    sampling: { percent: 5 },
  });
  await statusIs('shop', 'carts', 'Ready', 'False NotInjected');

  const document = await documentAt(key);
  assert.equal(document?.ports['8080']?.policy, 'shop/carts');
  assert.deepEqual(document?.ports['8080']?.sampling, { numerator: 5, denominator: 100 });
  const manifest = await bucket.get('manifest.shop');
  assert.deepEqual(manifest?.json(), {
    schemaVersion: 1,
    namespace: 'shop',
    documents: { [key]: document?.revision },
  });
  const secret = await client.get<{ data: Record<string, string> }>(
    '/api/v1/namespaces/shop/secrets/culvert-agent',
  );
  assert.deepEqual(Object.keys(secret.data).sort(), ['nats-user', 'redaction-key']);
  const { status } = await readPolicy(client, 'shop', 'carts');
  assert.deepEqual([status?.matchedPods, status?.injectedPods, status?.upToDatePods], [2, 1, 0]);
  assert.deepEqual(
    status?.uncovered?.map(({ reason, pods, example }) => [reason, pods, example]),
    [
      ['NotInjected', 1, 'late'],
      ['Outdated', 1, 'cart'],
    ],
  );
  await until('an Event tells of it', async () => {
    const events = await client.get<{ items: { reason: string; regarding: { name: string } }[] }>(
      '/apis/events.k8s.io/v1/namespaces/shop/events',
    );
    return events.items.some(
      ({ reason, regarding }) => reason === 'NotInjected' && regarding.name === 'carts',
    );
  });
});

test('a changed policy becomes a new revision, and a sidecar counts as up to date once its heartbeat says that it runs it', async () => {
  const { api, client } = installation;
  await api.createNamespace('fast', { 'culvert.dev/inject': 'enabled' });
  const key = 'workload.fast.Pod.one.v1';
  const pod = await createPod(client, 'fast', { name: 'one', sidecar: { key, captured: [8080] } });
  await applyPolicy(client, 'fast', 'all', {});
  await until('a document', async () => (await documentAt(key)) !== undefined);
  const first = await documentAt(key);

  const { metadata } = await applyPolicy(client, 'fast', 'all', { bodies: { requestBytes: 10 } });
  await until('another revision', async () => (await documentAt(key))?.revision !== first?.revision);
  const second = await documentAt(key);
  assert.deepEqual(
    second?.policies.map(({ generation }) => generation),
    [metadata.generation],
  );
  beat(nats, pod, second?.revision ?? '');
  await statusIs('fast', 'all', 'Ready', 'True Ready');

  const { status } = await readPolicy(client, 'fast', 'all');
  assert.deepEqual([status?.observedGeneration, status?.upToDatePods], [2, 1]);
});

test('a port name that no pod declares is a condition, and goes away by itself when a pod declares it', async () => {
  const { api, client } = installation;
  await api.createNamespace('ports', { 'culvert.dev/inject': 'enabled' });
  await createPod(client, 'ports', { name: 'plain', ports: [{ name: 'web', containerPort: 8080 }] });
  await applyPolicy(client, 'ports', 'admin', { ports: [{ port: 'admin' }] });
  await statusIs('ports', 'admin', 'ResolvedRefs', 'False PortNotFound');
  await statusIs('ports', 'admin', 'Ready', 'False PortNotFound');

  await createPod(client, 'ports', { name: 'other', ports: [{ name: 'admin', containerPort: 9000 }] });

  await statusIs('ports', 'admin', 'ResolvedRefs', 'True ResolvedRefs');
});

test('a pod whose redirect lacks a port that a policy names shows RestartRequired', async () => {
  const { api, client } = installation;
  await api.createNamespace('restart', { 'culvert.dev/inject': 'enabled' });
  const sidecar = { key: 'workload.restart.Pod.one.v1', captured: [8080] };
  await createPod(client, 'restart', { name: 'one', sidecar });

  await applyPolicy(client, 'restart', 'numbers', {
    ports: [{ port: 8080 }, { port: 5432, protocol: 'TCP' }],
  });

  await statusIs('restart', 'numbers', 'Ready', 'False RestartRequired');
});

test('a Service that targets a captured port by number is named where only named ports are captured', async () => {
  const { api, client } = installation;
  await api.createNamespace('named', { 'culvert.dev/inject': 'enabled' });
  const sidecar = { key: 'workload.named.Pod.one.v1', captured: [8080], mode: 'NamedPorts' };
  await createPod(client, 'named', { name: 'one', labels: { app: 'one' }, sidecar });
  await applyPolicy(client, 'named', 'all', {});
  await statusIs('named', 'all', 'Ready', 'False Outdated');

  const service = { selector: { app: 'one' }, ports: [{ port: 80, targetPort: 8080 }] };
  await client.create('/api/v1/namespaces/named/services', { metadata: { name: 'front' }, spec: service });
  await statusIs('named', 'all', 'Ready', 'False NumericTargetPort');
  await client.remove('/api/v1/namespaces/named/services/front');

  await statusIs('named', 'all', 'Ready', 'False Outdated');
});

test('of two policies for one port the older decides, and the younger says so', async () => {
  const { api, client } = installation;
  await api.createNamespace('twice', { 'culvert.dev/inject': 'enabled' });
  const key = 'workload.twice.Pod.one.v1';
  await createPod(client, 'twice', { name: 'one', sidecar: { key, captured: [8080] } });
  await applyPolicy(client, 'twice', 'a', {});
  await applyPolicy(client, 'twice', 'b', {});

  await statusIs('twice', 'b', 'Overridden', 'True Overridden');

  assert.equal((await documentAt(key))?.ports['8080']?.policy, 'twice/a');
  assert.equal(conditionOf(await readPolicy(client, 'twice', 'a'), 'Overridden'), '');
});

test('a namespace whose pods are gone keeps no document beyond the time of grace', async () => {
  const { api, client } = installation;
  await api.createNamespace('gone', { 'culvert.dev/inject': 'enabled' });
  const key = 'workload.gone.Pod.one.v1';
  await createPod(client, 'gone', { name: 'one', sidecar: { key, captured: [8080] } });
  await until('a document', async () => (await documentAt(key)) !== undefined);

  await deletePod(client, 'gone', 'one');

  await until('no document', async () => (await bucket.get(key)) === null);
  await until('no manifest', async () => (await bucket.get('manifest.gone')) === null);
});

test('deleting a policy returns its pods to the defaults and is held up by nothing', async () => {
  const { api, client } = installation;
  await api.createNamespace('freed', { 'culvert.dev/inject': 'enabled' });
  const key = 'workload.freed.Pod.one.v1';
  await createPod(client, 'freed', { name: 'one', sidecar: { key, captured: [8080] } });
  await applyPolicy(client, 'freed', 'all', {});
  await until('a document', async () => (await documentAt(key))?.ports['8080']?.policy === 'freed/all');

  const policy = await readPolicy(client, 'freed', 'all');
  await client.remove('/apis/culvert.dev/v1alpha1/namespaces/freed/capturepolicies/all');

  assert.equal((policy.metadata as { finalizers?: unknown }).finalizers, undefined);
  await assert.rejects(readPolicy(client, 'freed', 'all'), { status: 404 });
  await until('the defaults', async () => (await documentAt(key))?.ports['8080']?.policy === null);
});

test('a namespace that is no longer opted in loses the Secret of its sidecars', async () => {
  const { api, client } = installation;
  await api.createNamespace('leaves', { 'culvert.dev/inject': 'enabled' });
  const secret = '/api/v1/namespaces/leaves/secrets/culvert-agent';
  const isThere = (): Promise<boolean> =>
    client.get(secret).then(
      () => true,
      () => false,
    );
  await until('a Secret', isThere);

  await client.merge('/api/v1/namespaces/leaves', { metadata: { labels: { 'culvert.dev/inject': null } } });

  await until('no Secret', async () => !(await isThere()));
});

test('a document that somebody overwrites or deletes is written again', async () => {
  const { api, client } = installation;
  await api.createNamespace('healed', { 'culvert.dev/inject': 'enabled' });
  const key = 'workload.healed.Pod.one.v1';
  await createPod(client, 'healed', { name: 'one', sidecar: { key, captured: [8080] } });
  await until('a document', async () => (await documentAt(key)) !== undefined);
  const right = await documentAt(key);

  await bucket.put(key, '{"broken"');
  await until('the document again', async () => (await bucket.get(key))?.string() === JSON.stringify(right));
  await bucket.delete(key);

  await until('the document again', async () => (await documentAt(key))?.revision === right?.revision);
});
