import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startKubernetesApi, type KubernetesApi } from '@culvert/demo/launcher/kubernetes-api';
import { EXTERNAL } from './testing/combinations.ts';
import { chart, NAMESPACE, RELEASE, runHelm, type Values } from './testing/helm.ts';

const WEBHOOK = 'mutatingwebhookconfiguration/culvert-culvert-system-injector';
const CRD = 'customresourcedefinition/capturepolicies.culvert.dev';

let api: KubernetesApi;

before(async () => {
  api = await startKubernetesApi();
  await api.createNamespace(NAMESPACE);
});

after(async () => {
  await api.stop();
});

/** Runs helm against the API server. Hooks are left out: nothing here would run their Jobs. */
function helm(args: readonly string[], values: Values = {}): Promise<string> {
  return runHelm([...args, '--namespace', NAMESPACE, '--kubeconfig', api.kubeconfigFile], values);
}

const install = (values: Values): Promise<string> =>
  helm(['upgrade', '--install', RELEASE, chart('culvert'), '--no-hooks', '--values', '-'], values);

test('A15: an upgrade keeps the authority that the operator wrote into the webhook’s configuration', async () => {
  await install(EXTERNAL);
  const clientConfig = { caBundle: Buffer.from(api.authority).toString('base64') };
  const names = ['namespaces.inject.culvert.dev', 'pods.inject.culvert.dev'];
  await api.kubectl(['apply', '--server-side', '--field-manager=culvert-operator', '-f', '-'], {
    kubeconfigFile: await api.kubeconfigForServiceAccount(NAMESPACE, 'culvert-operator'),
    input: JSON.stringify({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      metadata: { name: WEBHOOK.split('/')[1] },
      webhooks: names.map((name) => ({ name, clientConfig })),
    }),
  });

  await install({ ...EXTERNAL, webhook: { timeoutSeconds: 7 } });

  const { webhooks } = JSON.parse(await api.kubectl(['get', WEBHOOK, '-o', 'json'])) as {
    webhooks: { timeoutSeconds: number; clientConfig: { caBundle?: string } }[];
  };
  assert.deepEqual(
    webhooks.map(({ timeoutSeconds }) => timeoutSeconds),
    [7, 7],
  );
  for (const { clientConfig } of webhooks)
    assert.equal(Buffer.from(clientConfig.caBundle ?? '', 'base64').toString(), api.authority);
  await helm(['uninstall', RELEASE, '--no-hooks']);
});

test('the operator may do what it needs and nothing beside it', async () => {
  await install(EXTERNAL);
  const kubeconfigFile = await api.kubeconfigForServiceAccount(NAMESPACE, 'culvert-operator');
  await api.createNamespace('applications');
  const may = async (...question: readonly string[]): Promise<boolean> =>
    api.kubectl(['auth', 'can-i', ...question], { kubeconfigFile }).then(
      () => true,
      () => false,
    );

  const allowed = [
    ['watch', 'pods', '--all-namespaces'],
    ['create', 'secrets/culvert-agent', '-n', 'applications'],
    ['patch', 'secrets/culvert-agent', '-n', 'applications'],
    ['patch', 'secrets/culvert-webhook-tls', '-n', NAMESPACE],
    ['create', 'leases', '-n', NAMESPACE],
    ['update', 'leases/culvert-operator', '-n', NAMESPACE],
    ['patch', WEBHOOK],
    ['list', 'statefulsets', '--all-namespaces'],
    ['patch', 'deployments/any', '-n', 'applications'],
  ];
  const forbidden = [
    ['create', 'secrets', '-n', 'applications'],
    ['get', 'secrets', '-n', 'applications'],
    ['list', 'secrets', '--all-namespaces'],
    ['get', 'secrets/culvert-graphql', '-n', NAMESPACE],
    ['get', 'secrets/culvert-webhook-tls', '-n', 'applications'],
    ['update', 'leases/another', '-n', NAMESPACE],
    ['create', 'leases', '-n', 'kube-system'],
    ['create', 'mutatingwebhookconfigurations'],
    ['patch', 'mutatingwebhookconfigurations/another'],
    ['create', 'pods', '-n', 'applications'],
    ['delete', 'pods', '-n', 'applications'],
    ['create', 'pods/exec', '-n', 'applications'],
    ['update', 'deployments/any', '-n', 'applications'],
    ['escalate', 'clusterroles'],
  ];
  for (const question of allowed) assert.ok(await may(...question), question.join(' '));
  for (const question of forbidden) assert.ok(!(await may(...question)), question.join(' '));
  await helm(['uninstall', RELEASE, '--no-hooks']);
});

test('the operator makes culvert-agent by server-side apply, and no Secret of another name', async () => {
  await install(EXTERNAL);
  const kubeconfigFile = await api.kubeconfigForServiceAccount(NAMESPACE, 'culvert-operator');
  await api.createNamespace('payments');
  const apply = (name: string): Promise<string> =>
    api.kubectl(['apply', '--server-side', '-f', '-'], {
      kubeconfigFile,
      input: JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'payments' } }),
    });

  const printed = await apply('culvert-agent');

  assert.match(printed, /secret\/culvert-agent serverside-applied/);
  await assert.rejects(apply('stolen'), /secrets "stolen" is forbidden/);
  await helm(['uninstall', RELEASE, '--no-hooks']);
});

test('uninstalling leaves no object of the release, and none that waits for a finalizer', async () => {
  await install({ ...EXTERNAL, orchestrator: { split: true } });
  const kinds = [
    'deployments,daemonsets,statefulsets,services,configmaps,serviceaccounts,poddisruptionbudgets,networkpolicies',
    'roles,rolebindings,clusterroles,clusterrolebindings,mutatingwebhookconfigurations',
  ].join(',');
  const left = async (): Promise<string> =>
    api.kubectl(['get', kinds, '-A', '-l', 'app.kubernetes.io/part-of=culvert', '-o', 'name']);
  assert.match(await left(), /deployment.apps\/culvert-operator/);

  await helm(['uninstall', RELEASE, '--no-hooks']);

  assert.equal(await left(), '');
});

test('definitions outlive their release with the resources that people wrote, and are taken up again', async () => {
  const installDefinitions = (values: Values = {}): Promise<string> =>
    helm(['upgrade', '--install', 'culvert-crds', chart('culvert-crds'), '--values', '-'], values);
  await installDefinitions();
  await api.kubectl(['wait', '--for=condition=Established', CRD]);
  await api.createNamespace('written');
  await api.apply(`
apiVersion: culvert.dev/v1alpha1
kind: CapturePolicy
metadata: {name: mine, namespace: written}
spec: {}
`);

  await helm(['uninstall', 'culvert-crds']);
  const kept = await api.kubectl(['get', 'capturepolicies', '-n', 'written', '-o', 'name']);
  await installDefinitions();
  await installDefinitions({ keep: false });
  const annotations = await api.kubectl(['get', CRD, '-o', 'jsonpath={.metadata.annotations}']);

  assert.equal(kept.trim(), 'capturepolicy.culvert.dev/mine');
  assert.doesNotMatch(annotations, /resource-policy/);
  await helm(['uninstall', 'culvert-crds']);
  await api.kubectl(['wait', '--for=delete', CRD, '--timeout=60s']);
});

test('NOTES tell how to go on, where the token is, and who shares which credential', async () => {
  const notes = async (values: Values): Promise<string> =>
    (await helm(['install', RELEASE, chart('culvert'), '--dry-run=client', '--values', '-'], values)).split(
      'NOTES:',
    )[1] ?? '';

  const embedded = await notes({ embedded: { enabled: true, persistence: { enabled: false } } });
  const external = await notes({ ...EXTERNAL, node: { enabled: false }, webhook: { failurePolicy: 'Fail' } });

  assert.match(embedded, /kubectl label namespace NAMESPACE culvert\.dev\/inject=enabled/);
  assert.match(
    embedded,
    /get secret culvert-graphql --output go-template='{{ \.data\.token \| base64decode }}'/,
  );
  assert.match(embedded, /share one credential of NATS \(Secret culvert-nats\)/);
  assert.match(embedded, /captured is gone when their pods are/);
  assert.match(embedded, /DaemonSet culvert-node mounts/);
  assert.match(external, /NATS and Postgres are yours to guard/);
  assert.match(external, /failurePolicy is Fail/);
  assert.doesNotMatch(external, /DaemonSet/);
});
