import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { OperatorProcess } from '@culvert/demo/launcher/culvert';
import { becomesTrue } from '@culvert/demo/launcher/wait';
import type { WorkloadDocument } from '@culvert/policy/document';
import { connectNats } from '@culvert/runtime/nats';
import { Kvm } from '@nats-io/kv';
import { writeLastingCertificates } from './certificates/testing/any-day.ts';
import type { PodManifest } from './inject/pod.ts';
import type { KubernetesObject } from './kubernetes/objects.ts';
import { startInstallation, type Installation } from './testing/installation.ts';
import { applyPolicy, beat, conditionOf, createPod, readPolicy } from './testing/objects.ts';
import { webhookConfiguration } from './webhook/testing/configuration.ts';

const PATIENCE = { timeoutMs: 40_000, everyMs: 100 };

let directory: string;
let installation: Installation;
let operator: OperatorProcess;

before(async () => {
  installation = await startInstallation({ serviceAccounts: true });
  // The API server judges the webhook's certificate by a clock of its own.
  directory = await mkdtemp(join(tmpdir(), 'culvert-admitted-'));
  const certificates = join(directory, 'certificates');
  await writeLastingCertificates(certificates);
  operator = await installation.startOperator({
    CULVERT_CERTIFICATES: 'files',
    CULVERT_CERTIFICATE_DIR: certificates,
  });
  const options = { name: 'culvert-injector', port: operator.webhookPort, failurePolicy: 'Ignore' } as const;
  const object = webhookConfiguration({ ...options, excludedNamespaces: ['kube-system', 'culvert-system'] });
  await installation.api.apply(JSON.stringify(object));
  await installation.api.createNamespace('probe', { 'culvert.dev/inject': 'enabled' });
  let attempt = 0;
  await until('pods are injected', async () => hasSidecar(await make('probe', `try-${attempt++}`)));
});
after(async () => {
  await installation?.stop();
  await rm(directory, { recursive: true, force: true });
});

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  assert.ok(await becomesTrue(condition, PATIENCE), `it never came to this: ${what}`);
}

function make(namespace: string, name: string): Promise<KubernetesObject> {
  return createPod(installation.client, namespace, { name, labels: { app: 'shop' } });
}

function hasSidecar(pod: KubernetesObject): boolean {
  const { spec } = pod as PodManifest;
  return spec?.initContainers?.some(({ name }) => name === 'culvert-sidecar') ?? false;
}

test('a pod is admitted with the policy in force, and what its sidecar starts with is what the bucket says', async () => {
  const { api, client, nats } = installation;
  await api.createNamespace('shop', { 'culvert.dev/inject': 'enabled' });
  await applyPolicy(client, 'shop', 'carts', { bodies: { requestBytes: 7 } });
  await until('the policy is known', async () => {
    return conditionOf(await readPolicy(client, 'shop', 'carts'), 'Accepted') === 'True Accepted';
  });

  const pod = await make('shop', 'cart');
  const annotations = pod.metadata.annotations ?? {};
  const started = JSON.parse(annotations['culvert.dev/config'] ?? '{}') as WorkloadDocument;
  const connection = await connectNats(nats.url, 'test');
  const bucket = await new Kvm(connection).open('culvert-config');
  await until('its document is distributed', async () => {
    return (await bucket.get(annotations['culvert.dev/config-key'] ?? '')) !== null;
  });
  const entry = await bucket.get(annotations['culvert.dev/config-key'] ?? '');
  beat(connection, pod, started.revision);
  await until('it is up to date', async () => {
    return conditionOf(await readPolicy(client, 'shop', 'carts'), 'Ready') === 'True Ready';
  });
  await connection.close();

  assert.equal(started.ports['8080']?.requestBodyBytes, 7);
  assert.deepEqual(entry?.json(), started);
  const metrics = await (await fetch(`${operator.metricsUrl}/metrics`)).text();
  assert.match(metrics, /^culvert_operator_admissions_total\{decision="injected",reason="Redirect"\} [1-9]/m);
});

test('A5: a pod on the host network is left as it is, and its policy and an Event say why', async () => {
  const { api, client } = installation;
  await api.createNamespace('hosts', { 'culvert.dev/inject': 'enabled' });
  await applyPolicy(client, 'hosts', 'all', {});
  await client.create('/api/v1/namespaces/hosts/pods', {
    metadata: { name: 'agent' },
    spec: { hostNetwork: true, containers: [{ name: 'agent', image: 'agent' }] },
  });

  await until('the reason is shown', async () => {
    return conditionOf(await readPolicy(client, 'hosts', 'all'), 'Injected') === 'False HostNetwork';
  });
  await until('an Event tells of it', async () => {
    const events = await client.get<{ items: { reason: string; regarding: { kind: string } }[] }>(
      '/apis/events.k8s.io/v1/namespaces/hosts/events',
    );
    return events.items.some(({ reason, regarding }) => reason === 'HostNetwork' && regarding.kind === 'Pod');
  });

  const pod = await client.get<KubernetesObject>('/api/v1/namespaces/hosts/pods/agent');
  assert.equal(hasSidecar(pod), false);
  assert.equal(pod.metadata.annotations, undefined);
});
