import { startKubernetesApi, type KubernetesApi } from '@culvert/demo/launcher/kubernetes-api';
import { becomesTrue } from '@culvert/demo/launcher/wait';
import { createLogger } from '@culvert/runtime/log';
import { deepEqual, equal, notDeepEqual, ok } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Registry } from 'prom-client';
import { NO_LIMITS } from '../inject/fit/namespace-limits.ts';
import { someSettings } from '../inject/testing/pods.ts';
import type { KubernetesClient } from '../kubernetes/client.ts';
import { noTracing } from '@culvert/runtime/tracing/tracing';
import { createWebhookMetrics } from '../webhook/metrics.ts';
import { startWebhook, type WebhookServer } from '../webhook/server.ts';
import { webhookConfiguration } from '../webhook/testing/configuration.ts';
import { clientOf } from '../webhook/testing/installed.ts';
import { podRequests, type PodRequests } from '../webhook/testing/pod-requests.ts';
import { fingerprintsOf, inspectSecret } from './inspect.ts';
import { createKubernetesStore } from './kubernetes-store.ts';
import { createManagedCertificates } from './managed.ts';
import type { CertificateSource } from './source.ts';
import type { CertificateStore } from './store.ts';

const DAY = 86_400_000;
/** Long enough for a story in which every certificate is valid by the API server's own clock. */
const LIFETIMES = { authorityMs: 365 * DAY, servingMs: 365 * DAY };
const NAMES = {
  namespace: 'culvert-system',
  secret: 'culvert-webhook-tls',
  configuration: 'culvert-injector',
};
const log = createLogger('test', 'fatal');

let api: KubernetesApi;
let client: KubernetesClient;
let pods: PodRequests;
let store: CertificateStore;
let webhook: WebhookServer;
let now: number;
const clock = { now: () => now };

before(async () => {
  api = await startKubernetesApi({ serviceAccounts: true });
  now = (await api.now()) - 300 * DAY;
  client = clientOf(api);
  pods = podRequests(api.kubeconfigFile);
  store = createKubernetesStore(client, NAMES);
  await api.createNamespace(NAMES.namespace);
  await api.createNamespace('shop', { 'culvert.dev/inject': 'enabled' });
  webhook = await startWebhook({
    host: '127.0.0.1',
    port: 0,
    lookups: {
      namespaceLabels: () => ({ 'culvert.dev/inject': 'enabled' }),
      readNamespaceLabels: () => Promise.resolve({}),
      policies: () => ({ policies: [] }),
      limits: () => Promise.resolve(NO_LIMITS),
      pullProblem: () => Promise.resolve(undefined),
    },
    settings: someSettings(),
    metrics: createWebhookMetrics(new Registry()),
    tracing: noTracing,
    clock,
    log,
    notify: () => undefined,
  });
  const registration = {
    name: NAMES.configuration,
    port: webhook.port,
    excludedNamespaces: [NAMES.namespace],
  };
  await api.apply(JSON.stringify(webhookConfiguration({ ...registration, failurePolicy: 'Fail' })));
});

after(async () => {
  pods.close();
  client.close();
  await Promise.all([webhook.close(), api.stop()]);
});

function replica(): CertificateSource {
  const serve = webhook.serve.bind(webhook);
  const parts = { store, names: ['127.0.0.1'], patchBundle: true, lifetimes: LIFETIMES };
  return createManagedCertificates({ ...parts, clock, log, leads: () => true, serve });
}

/** Under `Fail`, a pod is made only if the API server trusts the webhook's certificate. */
async function admitted(): Promise<boolean> {
  const containers = [{ name: 'app', image: 'example/app:1', ports: [{ containerPort: 8080 }] }];
  const { status, pod } = await pods.create('shop', { metadata: { name: 'app' }, spec: { containers } });
  return status === 201 && pod.spec?.initContainers?.length === 2;
}

async function authorities(): Promise<readonly string[]> {
  return fingerprintsOf((await store.readSecret())?.files['ca.crt'] ?? '');
}

test('A15: certificates are made, trusted by the API server, and replaced without any request failing', async () => {
  const source = replica();
  await source.step();
  ok(await becomesTrue(admitted, { timeoutMs: 30_000, everyMs: 100 }));
  const first = await authorities();
  const outcomes: boolean[] = [];
  let ended = false;
  const load = (async (): Promise<void> => {
    while (!ended) outcomes.push(await admitted());
  })();
  const settle = async (): Promise<void> => {
    const sofar = outcomes.length;
    ok(await becomesTrue(() => outcomes.length >= sofar + 20, { timeoutMs: 60_000 }));
  };

  now = await api.now(); // two thirds of the authority's life are over
  await source.step();
  const during = await authorities();
  await settle();
  now += 11_000;
  await source.step();
  await settle();
  const served = inspectSecret((await store.readSecret())?.files ?? {}).serving;
  now += 70 * DAY; // the first authority has expired: only the second is trusted from here on
  await source.step();
  await settle();
  const last = await authorities();
  ended = true;
  await load;

  deepEqual([first.length, during.length, last.length], [1, 2, 1]);
  equal(served?.issuer, last[0]);
  equal(during[1], first[0]);
  ok(outcomes.length >= 60);
  deepEqual(new Set(outcomes), new Set([true]));
  now = await api.now();
});

test('A15: a Secret that somebody has broken is made anew, and requests go on', async () => {
  const source = replica();
  const broken = Buffer.from('broken').toString('base64');
  await client.merge(`/api/v1/namespaces/${NAMES.namespace}/secrets/${NAMES.secret}`, {
    data: { 'tls.key': broken, 'ca.key': broken },
  });
  const [before] = await authorities();

  await source.step();

  const [newest, ...others] = await authorities();
  notDeepEqual(newest, before);
  deepEqual(others, [before]);
  ok(await becomesTrue(admitted, { timeoutMs: 30_000 }));
});

test('A15: two replicas that start at once agree, and write nothing once all is well', async () => {
  await client.remove(`/api/v1/namespaces/${NAMES.namespace}/secrets/${NAMES.secret}`);
  const both = [replica(), replica()];
  const stepBoth = async (): Promise<void> => {
    for (const source of both) await source.step();
  };

  await Promise.all(both.map((source) => source.step()));
  await stepBoth();
  const settled = (await store.readSecret())?.resourceVersion;
  await stepBoth();
  await Promise.all(both.map((source) => source.step()));

  equal((await store.readSecret())?.resourceVersion, settled);
});

test('a write that is based on an older Secret is refused', async () => {
  const secret = await store.readSecret();
  ok(secret);
  equal(await store.writeSecret({ ...secret.files, 'tls.crt': '' }, secret.resourceVersion), true);

  const late = await store.writeSecret(secret.files, secret.resourceVersion);

  equal(late, false);
});

test('A15: a bundle that somebody has removed comes back in both entries', async () => {
  const source = replica();
  const remove = [0, 1].map((index) => ({ op: 'remove', path: `/webhooks/${index}/clientConfig/caBundle` }));
  await source.step();
  await api.kubectl([
    'patch',
    'mutatingwebhookconfiguration',
    NAMES.configuration,
    '--type=json',
    `--patch=${JSON.stringify(remove)}`,
  ]);
  const removed = await store.readEntries();

  await source.step();

  const entries = await store.readEntries();
  deepEqual(
    removed?.map(({ caBundle }) => caBundle),
    ['', ''],
  );
  const bundle = (await store.readSecret())?.files['ca.crt'];
  deepEqual(
    entries?.map(({ caBundle }) => caBundle),
    [bundle, bundle],
  );
  ok(await becomesTrue(admitted, { timeoutMs: 30_000 }));
});

test('rights on the names of its own objects are all that the store needs', async () => {
  const resourceNames = ['limited-webhook-tls'];
  const subjects = [{ kind: 'ServiceAccount', name: 'operator', namespace: NAMES.namespace }];
  const roles = [
    role('Role', [
      { apiGroups: [''], resources: ['secrets'], resourceNames, verbs: ['get', 'create', 'patch'] },
    ]),
    role('ClusterRole', [
      {
        apiGroups: ['admissionregistration.k8s.io'],
        resources: ['mutatingwebhookconfigurations'],
        resourceNames: [NAMES.configuration],
        verbs: ['get', 'patch'],
      },
    ]),
    ...['Role', 'ClusterRole'].map((kind) => ({ ...binding(kind), subjects })),
  ];
  for (const object of roles) await api.apply(JSON.stringify(object));
  const limited = clientOf(api, await api.kubeconfigForServiceAccount(NAMES.namespace, 'operator'));
  const own = createKubernetesStore(limited, { ...NAMES, secret: 'limited-webhook-tls' });

  const made = await own.writeSecret({ 'tls.crt': 'a' }, undefined);
  const changed = await own.writeSecret({ 'tls.crt': 'b' }, (await own.readSecret())?.resourceVersion);
  const [entry] = (await own.readEntries()) ?? [];
  await own.writeBundle([entry?.name ?? ''], entry?.caBundle ?? '');

  deepEqual([made, changed], [true, true]);
  deepEqual((await own.readSecret())?.files, { 'tls.crt': 'b' });
  limited.close();
});

function role(kind: 'Role' | 'ClusterRole', rules: readonly object[]): object {
  return { ...rbac(kind), rules };
}

function binding(kind: string): object {
  return {
    ...rbac(`${kind}Binding`),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: 'limited' },
  };
}

function rbac(kind: string): object {
  const namespace = kind.startsWith('Cluster') ? {} : { namespace: NAMES.namespace };
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata: { name: 'limited', ...namespace } };
}

test('what is not there is no error', async () => {
  const nowhere = createKubernetesStore(client, { ...NAMES, secret: 'none', configuration: 'none' });

  const found = [await nowhere.readSecret(), await nowhere.readEntries()];

  deepEqual(found, [undefined, undefined]);
});
