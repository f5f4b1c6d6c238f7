import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startKubernetesApi, type KubernetesApi } from '@culvert/demo/launcher/kubernetes-api';
import { initSecrets } from './main.ts';

const NAMESPACE = 'secrets';
const WANTED = {
  labels: { 'app.kubernetes.io/managed-by': 'culvert' },
  annotations: { 'argocd.argoproj.io/sync-options': 'Prune=false' },
  secrets: [
    { name: 'culvert-nats', fixed: { 'nats-user': 'culvert' }, random: ['nats-password'] },
    { name: 'culvert-graphql', random: ['token'] },
  ],
};

let api: KubernetesApi;
let environment: Record<string, string>;

before(async () => {
  api = await startKubernetesApi();
  await api.createNamespace(NAMESPACE);
  // What the chart's Role allows: these names and nothing else.
  await api.apply(`
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: init-secrets, namespace: ${NAMESPACE}}
rules:
  - apiGroups: ['']
    resources: [secrets]
    resourceNames: [culvert-nats, culvert-graphql]
    verbs: [get, create, patch]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: init-secrets, namespace: ${NAMESPACE}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: init-secrets}
subjects: [{kind: ServiceAccount, name: init-secrets, namespace: ${NAMESPACE}}]
`);
  environment = {
    KUBECONFIG: await api.kubeconfigForServiceAccount(NAMESPACE, 'init-secrets'),
    CULVERT_OPERATOR_NAMESPACE: NAMESPACE,
    CULVERT_INIT_SECRETS: JSON.stringify(WANTED),
    CULVERT_LOG_LEVEL: 'fatal',
  };
});

after(async () => {
  await api.stop();
});

test('Secrets are made with the rights that the chart gives, and kept as they are the next time', async () => {
  const first = await initSecrets(environment);
  const made = await values();
  const second = await initSecrets(environment);

  assert.deepEqual([first, second], [0, 0]);
  assert.equal(made['culvert-nats']?.['nats-user'], 'culvert');
  assert.match(made['culvert-nats']['nats-password'] ?? '', /^[A-Za-z]{45}$/);
  assert.match(made['culvert-graphql']?.['token'] ?? '', /^[A-Za-z]{45}$/);
  assert.deepEqual(await values(), made);
});

test('one Secret that was deleted is made again, with another value, and the other is kept', async () => {
  await initSecrets(environment);
  const before = await values();
  await api.kubectl(['-n', NAMESPACE, 'delete', 'secret', 'culvert-graphql']);

  const status = await initSecrets(environment);

  const now = await values();
  assert.equal(status, 0);
  assert.deepEqual(now['culvert-nats'], before['culvert-nats']);
  assert.notEqual(now['culvert-graphql']?.['token'], before['culvert-graphql']?.['token']);
});

test('a Secret of an earlier release loses the label by which it would be pruned, and keeps its values', async () => {
  await initSecrets(environment);
  const before = await values();
  const secret = ['-n', NAMESPACE, 'secret', 'culvert-nats'];
  await api.kubectl(['label', ...secret, 'app.kubernetes.io/instance=culvert']);
  await api.kubectl(['annotate', ...secret, 'argocd.argoproj.io/sync-options-']);

  const status = await initSecrets(environment);

  const { metadata } = JSON.parse(
    await api.kubectl(['-n', NAMESPACE, 'get', 'secret', 'culvert-nats', '-o', 'json']),
  ) as { metadata: { labels: Record<string, string>; annotations: Record<string, string> } };
  assert.equal(status, 0);
  assert.deepEqual(metadata.labels, WANTED.labels);
  assert.equal(metadata.annotations['argocd.argoproj.io/sync-options'], 'Prune=false');
  assert.deepEqual(await values(), before);
});

test('a Secret that lacks a key ends the Job with a failure and is left alone', async () => {
  await initSecrets(environment);
  await api.kubectl([
    ...['-n', NAMESPACE, 'patch', 'secret', 'culvert-graphql', '--type=json'],
    '--patch=[{"op": "replace", "path": "/data", "value": {"other": "eA=="}}]',
  ]);

  const status = await initSecrets(environment);

  assert.equal(status, 1);
  assert.deepEqual((await values())['culvert-graphql'], { other: 'x' });
});

test('rights held to names don’t reach other Secrets', async () => {
  const more = { ...WANTED, secrets: [{ name: 'elsewhere', random: ['key'] }] };

  const made = initSecrets({ ...environment, CULVERT_INIT_SECRETS: JSON.stringify(more) });

  await assert.rejects(made, /secrets "elsewhere" is forbidden/);
});

test('a list of Secrets that is missing or no JSON is named with its variable', async () => {
  const missing = initSecrets({ ...environment, CULVERT_INIT_SECRETS: '' });
  const wrong = initSecrets({ ...environment, CULVERT_INIT_SECRETS: '{"secrets": [{}]}' });

  await assert.rejects(missing, /CULVERT_INIT_SECRETS is required/);
  await assert.rejects(wrong, /CULVERT_INIT_SECRETS must give every secret a name/);
});

async function values(): Promise<Record<string, Record<string, string>>> {
  const text = await api.kubectl([
    ...['-n', NAMESPACE, 'get', 'secrets', '-o', 'json'],
    '--selector=app.kubernetes.io/managed-by=culvert',
  ]);
  const { items } = JSON.parse(text) as {
    readonly items: readonly { metadata: { name: string }; data?: Record<string, string> }[];
  };
  const plain = (data: Record<string, string> = {}): Record<string, string> =>
    Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
    );
  return Object.fromEntries(items.map(({ metadata, data }) => [metadata.name, plain(data)]));
}
