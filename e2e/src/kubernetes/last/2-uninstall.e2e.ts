import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { V1Pod } from '@kubernetes/client-node';
import { NAMESPACE, uninstallCulvert } from '../rig/installation.ts';
import { kubectl } from '../scene/commands.ts';
import { hasSidecar } from '../scene/containers.ts';
import { eventually } from '../scene/eventually.ts';
import { capturePolicy, deployment, podSpec, service, webContainer } from '../scene/manifests.ts';
import { openScene, type Scene } from '../scene/scene.ts';

let scene: Scene;

before(async () => {
  scene = await openScene('uninstall');
  await scene.applyPolicies(capturePolicy('all', {}));
  await scene.apply(deployment('shop', podSpec([webContainer()])), service('shop', 8080));
  await scene.ready('--selector=app=shop');
});

after(async () => {
  await scene?.close();
});

async function shop(): Promise<V1Pod[]> {
  return (await scene.get<{ items: V1Pod[] }>('pod --selector=app=shop')).items;
}

test('uninstalling leaves running pods alone', { timeout: 240_000 }, async () => {
  assert.ok((await shop()).every(hasSidecar));
  const load = scene.load({ url: 'http://shop/steady', everyMs: 20, keepAlive: false });

  await uninstallCulvert();

  const { sent, answered, failures } = await load.stop();
  assert.ok(sent > 0);
  assert.deepEqual([answered, failures], [sent, {}]);
});

test('only the definition of policies is left in the cluster, so that policies outlive an uninstallation', async () => {
  const kinds = [
    'mutatingwebhookconfigurations',
    'clusterroles',
    'clusterrolebindings',
    'customresourcedefinitions',
  ];
  const left = await Promise.all(
    kinds.map(async (kind) => {
      const { stdout } = await kubectl(['get', kind, '--output=name']);
      return stdout.split('\n').filter((name) => name.includes('culvert'));
    }),
  );

  assert.deepEqual(left.flat(), [
    'customresourcedefinition.apiextensions.k8s.io/capturepolicies.culvert.dev',
  ]);
  assert.match((await scene.kubectl(['get', 'capturepolicies', '--output=name'])).stdout, /all/);
});

test('pods restart without the sidecar, although their namespace is still labelled', async () => {
  await scene.kubectl(['rollout', 'restart', 'deployment/shop']);
  await scene.kubectl(['rollout', 'status', 'deployment/shop', '--timeout=90s']);

  const pods = await eventually(shop, (items) => items.length === 1, 'only the new pod is left');
  assert.equal(pods.some(hasSidecar), false);
  assert.equal((await scene.call('fetch', { url: 'http://shop/' })).status, 200);
});

test('the definition can be deleted at last, and policies go with it', async () => {
  await scene.kubectl(['delete', 'crd', 'capturepolicies.culvert.dev', '--wait=true', '--timeout=60s']);

  await assert.rejects(
    scene.kubectl(['get', 'capturepolicies']),
    /the server (doesn't have a resource type|could not find the requested resource)/,
  );
});

test(
  'namespaces can be deleted: that of the installation, and one that had policies and sidecars',
  { timeout: 240_000 },
  async () => {
    await kubectl(['delete', 'namespace', scene.namespace, NAMESPACE, '--wait=true', '--timeout=180s']);

    const { stdout } = await kubectl(['get', 'namespaces', '--output=name']);
    assert.doesNotMatch(stdout, new RegExp(`${NAMESPACE}|${scene.namespace}`));
  },
);
