import assert from 'node:assert/strict';
import { access } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { startKubernetesApi, type KubernetesApi } from './kubernetes-api.ts';

let api: KubernetesApi;

before(async () => {
  api = await startKubernetesApi({ serviceAccounts: true });
});

after(async () => {
  await api.stop();
});

test('what was applied is there, also after the API server was lost and started again', async () => {
  await api.createNamespace('kept', { colour: 'green' });
  const { pid } = api;
  await api.interrupt();
  await assert.rejects(api.kubectl(['get', 'namespaces']), /connection.*refused/);

  await api.restart();

  assert.notEqual(api.pid, pid);
  const labels = await api.kubectl(['get', 'namespace', 'kept', '-o', 'jsonpath={.metadata.labels.colour}']);
  assert.equal(labels, 'green');
});

test('a pod is accepted in a namespace with its default service account', async () => {
  await api.createNamespace('pods');

  await api.apply(`
    apiVersion: v1
    kind: Pod
    metadata: {name: one, namespace: pods}
    spec: {containers: [{name: app, image: app}]}
  `);

  const account = await api.kubectl([
    '-n',
    'pods',
    'get',
    'pod',
    'one',
    '-o',
    'jsonpath={.spec.serviceAccountName}',
  ]);
  assert.equal(account, 'default');
});

test('a user may do what a role allows and no more', async () => {
  await api.createNamespace('roles');
  await api.apply(`
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: roles}
rules: [{apiGroups: [''], resources: [configmaps], verbs: [list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader, namespace: roles}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: ServiceAccount, name: robot, namespace: roles}, {kind: Group, name: people}]
`);
  const robot = await api.kubeconfigForServiceAccount('roles', 'robot');
  const person = await api.kubeconfigFor({ name: 'ada', groups: ['people'] });
  const stranger = await api.kubeconfigFor({ name: 'eve' });
  const list = (kubeconfigFile: string, what: string): Promise<string> =>
    api.kubectl(['-n', 'roles', 'get', what], { kubeconfigFile });

  await list(robot, 'configmaps');
  await list(person, 'configmaps');

  await assert.rejects(list(robot, 'secrets'), /Forbidden.*system:serviceaccount:roles:robot/);
  await assert.rejects(list(stranger, 'configmaps'), /Forbidden.*User "eve"/);
});

test('what kubectl refuses is said in the error', async () => {
  await assert.rejects(
    api.apply('{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "Not_A_Name"}}'),
    /kubectl apply .* failed: .*Invalid value: "Not_A_Name"/,
  );
});

test('after it was stopped nothing of it is left', async () => {
  const other = await startKubernetesApi();
  const { pid, kubeconfigFile } = other;

  await other.stop();

  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  await assert.rejects(access(kubeconfigFile), { code: 'ENOENT' });
});
