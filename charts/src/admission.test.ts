import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startKubernetesApi, type KubernetesApi } from '@culvert/demo/launcher/kubernetes-api';
import { COMBINATIONS, EMBEDDED } from './testing/combinations.ts';
import { NAMESPACE, render, renderText } from './testing/helm.ts';
import { podsOf } from './testing/pods.ts';

const RESTRICTED = 'restricted';

let api: KubernetesApi;

before(async () => {
  api = await startKubernetesApi();
  await api.createNamespace(NAMESPACE);
  await api.createNamespace(RESTRICTED, { 'pod-security.kubernetes.io/enforce': 'restricted' });
});

after(async () => {
  await api.stop();
});

for (const [name, values] of Object.entries(COMBINATIONS)) {
  test(`an API server accepts all that is rendered, field by field: ${name}`, async () => {
    const text = await renderText(values);

    const printed = await api.kubectl(
      ['apply', '--server-side', '--dry-run=server', '--validate=strict', '-f', '-'],
      { input: text },
    );

    const objects = text.match(/^kind: /gm)?.length ?? 0;
    assert.equal(printed.trim().split('\n').length, objects);
  });
}

test('every pod but those of the DaemonSet runs under the Pod Security level restricted', async () => {
  const refused: string[] = [];
  const accepted: string[] = [];
  for (const values of [EMBEDDED, COMBINATIONS['split'] ?? {}]) {
    for (const [name, pod] of podsOf(await render(values), RESTRICTED)) {
      const input = JSON.stringify(pod);
      await api.kubectl(['create', '--dry-run=server', '-f', '-'], { input }).then(
        () => accepted.push(name),
        (error: unknown) => refused.push(`${name}: ${String(error)}`),
      );
    }
  }

  assert.deepEqual([...new Set(accepted)].sort(), [
    'Deployment culvert-operator',
    'Deployment culvert-orchestrator',
    'Deployment culvert-orchestrator-api',
    'Deployment culvert-orchestrator-ingest',
    'Job culvert-init-secrets',
    'Pod culvert-test',
    'StatefulSet culvert-nats',
    'StatefulSet culvert-postgres',
  ]);
  for (const reason of refused) {
    assert.match(
      reason,
      /^DaemonSet culvert-node: .*violates PodSecurity "restricted:latest": restricted volume types/s,
    );
  }
  assert.equal(refused.length, 2);
});

test('without the DaemonSet, no pod needs more than restricted', async () => {
  const pods = podsOf(await render({ ...EMBEDDED, node: { enabled: false } }), RESTRICTED);

  for (const pod of pods.values()) {
    const printed = await api.kubectl(['create', '--dry-run=server', '-f', '-'], {
      input: JSON.stringify(pod),
    });
    assert.match(printed, /created \(server dry run\)/);
  }
  assert.ok(pods.size > 0);
});
