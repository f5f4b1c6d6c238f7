import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { V1Pod } from '@kubernetes/client-node';
import { captured } from '../scene/captured.ts';
import { hasSidecar } from '../scene/containers.ts';
import { eventWhen } from '../scene/events.ts';
import { closeGraphql } from '../scene/graphql.ts';
import {
  capturePolicy,
  container,
  daemonSet,
  pod,
  podSpec,
  statefulSet,
  webContainer,
  webPod,
} from '../scene/manifests.ts';
import { policyWhen } from '../scene/policies.ts';
import { openScene, type Scene } from '../scene/scene.ts';

describe('kinds of workloads', { concurrency: true }, () => {
  let scene: Scene;

  before(async () => {
    scene = await openScene('workloads');
  });

  after(async () => {
    await scene?.close();
    await closeGraphql();
  });

  /** Waits for the only pod of a workload and asks it for a path. */
  async function ask(app: string, path: string): Promise<V1Pod> {
    await scene.ready(`--selector=app=${app}`);
    const [made] = (await scene.get<{ items: V1Pod[] }>(`pod --selector=app=${app}`)).items;
    await scene.call('fetch', { url: `http://${made?.status?.podIP}:8080${path}` });
    return made as V1Pod;
  }

  test('pods of a StatefulSet are captured under its name', async () => {
    await scene.apply(statefulSet('stateful', podSpec([webContainer()])));

    const made = await ask('stateful', '/stateful');

    assert.ok(hasSidecar(made));
    assert.equal((await captured(scene.namespace, '/stateful')).workload, 'StatefulSet/stateful');
  });

  test('pods of a DaemonSet are captured under its name', async () => {
    await scene.apply(daemonSet('everywhere', podSpec([webContainer()])));

    const made = await ask('everywhere', '/everywhere');

    assert.ok(hasSidecar(made));
    assert.equal((await captured(scene.namespace, '/everywhere')).workload, 'DaemonSet/everywhere');
  });

  test('A5: a hostNetwork pod runs without the sidecar, and the policy says why', async () => {
    await scene.applyPolicies(capturePolicy('host', { selector: { matchLabels: { app: 'host' } } }));
    await scene.apply(pod('host', podSpec([container('idle.ts')], { hostNetwork: true })));
    await scene.ready('host');

    assert.equal(hasSidecar(await scene.get('pod/host')), false);
    const status = await policyWhen(
      scene,
      'host',
      ({ uncovered }) => uncovered?.length === 1,
      'the policy has a reason for the pod',
    );
    assert.deepEqual(
      [status.uncovered?.[0]?.reason, status.uncovered?.[0]?.example],
      ['HostNetwork', 'host'],
    );
    await eventWhen(scene, 'host', 'HostNetwork');
  });

  test('A6: an opted-out pod runs as before, and the policy says so', async () => {
    await scene.applyPolicies(capturePolicy('out', { selector: { matchLabels: { app: 'out' } } }));
    await scene.apply(webPod('out', { labels: { 'culvert.dev/inject': 'false' } }));
    await scene.ready('out');

    const { status } = await scene.call('fetch', { url: `http://${await scene.address('out')}:8080/` });

    assert.equal(status, 200);
    assert.equal(hasSidecar(await scene.get('pod/out')), false);
    await policyWhen(
      scene,
      'out',
      ({ uncovered }) => uncovered?.[0]?.reason === 'OptedOut',
      'the policy says OptedOut',
    );
  });
});
