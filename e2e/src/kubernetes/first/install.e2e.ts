import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { root } from '@culvert/demo/launcher/root';
import type { V1DaemonSet, V1Deployment, V1Pod, V1StatefulSet } from '@kubernetes/client-node';
import { installCulvert, isInstalled, NAMESPACE, RELEASE } from '../rig/installation.ts';
import { captured } from '../scene/captured.ts';
import { helm, kubectl } from '../scene/commands.ts';
import { eventually } from '../scene/eventually.ts';
import { closeGraphql } from '../scene/graphql.ts';
import { deployment, podSpec, webContainer } from '../scene/manifests.ts';
import { measured } from '../scene/measured.ts';
import { openScene } from '../scene/scene.ts';

after(closeGraphql);

async function runningPods(): Promise<V1Pod[]> {
  const { stdout } = await kubectl([`--namespace=${NAMESPACE}`, 'get', 'pods', '--output=json']);
  const { items } = JSON.parse(stdout) as { items: V1Pod[] };
  return items.filter(({ status }) => status?.phase !== 'Succeeded');
}

function isReady({ status }: V1Pod): boolean {
  return status?.containerStatuses?.every(({ ready }) => ready) === true;
}

test('A15: rendering the charts twice gives identical manifests, without any certificate or password', async () => {
  const render = async (): Promise<string> =>
    (
      await helm([
        'template',
        RELEASE,
        `${root}/charts/culvert`,
        `--namespace=${NAMESPACE}`,
        '--set=embedded.enabled=true',
        '--kube-version=1.29.0', // what helm was built with says nothing here
      ])
    ).stdout;

  const [once, twice] = [await render(), await render()];

  assert.equal(twice, once);
  assert.doesNotMatch(once, /BEGIN CERTIFICATE|PRIVATE KEY|caBundle: ?\S|^kind: Secret$/m);
});

test('Helm installs all of it from nothing, and every part is ready', { timeout: 300_000 }, async () => {
  assert.equal(await isInstalled(), false, 'nothing is installed yet');
  const begun = performance.now();

  await installCulvert();

  measured(`Helm installed Culvert in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  const { stdout } = await kubectl([
    `--namespace=${NAMESPACE}`,
    'get',
    'deployments,statefulsets,daemonsets',
    '--output=json',
  ]);
  const parts = (JSON.parse(stdout) as { items: (V1Deployment | V1StatefulSet | V1DaemonSet)[] }).items;
  assert.deepEqual(parts.map(({ metadata }) => metadata?.name).sort(), [
    'culvert-nats',
    'culvert-node',
    'culvert-operator',
    'culvert-orchestrator',
    'culvert-postgres',
  ]);
  // Of a DaemonSet Helm waits for all but as many pods as may be away during an update: on one node for none.
  await eventually(runningPods, (pods) => pods.length >= 5 && pods.every(isReady), 'every pod is ready');
});

test('the notes of the installation say what to do next', async () => {
  const { stdout } = await helm(['get', 'notes', RELEASE, `--namespace=${NAMESPACE}`]);

  assert.match(stdout, /kubectl label namespace NAMESPACE culvert\.dev\/inject=enabled/);
  assert.match(stdout, /kind: CapturePolicy/);
  assert.match(stdout, /helm --namespace culvert-system test culvert/);
});

test('helm test finds the installation working', { timeout: 180_000 }, async () => {
  const { stdout } = await helm(['test', RELEASE, `--namespace=${NAMESPACE}`, '--timeout=120s']);

  assert.match(stdout, /Phase:\s+Succeeded/);
});

test('labelling a namespace is all that it takes to see the first request of a Deployment', async (t) => {
  const scene = await openScene('first-request');
  t.after(() => scene.close());
  const begun = performance.now();

  await scene.apply(deployment('shop', podSpec([webContainer()])));
  await scene.ready('--selector=app=shop');
  const [pod] = (await scene.get<{ items: V1Pod[] }>('pod --selector=app=shop')).items;
  await scene.call('fetch', { url: `http://${pod?.status?.podIP}:8080/first` });
  const exchange = await captured(scene.namespace, '/first');

  measured(
    `from kubectl apply of a labelled Deployment to its first request in GraphQL: ${((performance.now() - begun) / 1000).toFixed(1)} s`,
  );
  assert.equal(exchange.workload, 'Deployment/shop');
});
