import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { V1Pod } from '@kubernetes/client-node';
import { containerOf, hasSidecar, initNames, REDIRECT, SIDECAR } from '../scene/containers.ts';
import { container, pod, podSpec, webContainer, webPod } from '../scene/manifests.ts';
import { openScene, type Scene } from '../scene/scene.ts';

// What the API server makes of pods: nothing here runs, so each is asked for by a dry run.
describe('admission of pods', { concurrency: true }, () => {
  let optedIn: Scene;
  let unlabelled: Scene;
  let mislabelled: Scene;

  before(async () => {
    [optedIn, unlabelled, mislabelled] = await Promise.all([
      openScene('admission'),
      openScene('unlabelled', {}),
      openScene('mislabelled', { 'culvert.dev/inject': 'yes' }),
    ]);
  });

  after(async () => {
    await Promise.all([optedIn, unlabelled, mislabelled].map((scene) => scene?.close()));
  });

  test('A1: the sidecar is a native one, right after the redirect and before every init container', async () => {
    const own = [container('job.ts', { name: 'prepare' })];

    const { object } = await optedIn.dryRun(webPod('web', {}, { initContainers: own }));

    assert.deepEqual(initNames(object), [REDIRECT, SIDECAR, 'prepare']);
    assert.equal(containerOf(object, SIDECAR).restartPolicy, 'Always');
    assert.equal(containerOf(object, REDIRECT).restartPolicy, undefined);
  });

  test('A6: a namespace or a pod opts in, the pod wins over the namespace, and false wins', async () => {
    const labelled = (value: string): V1Pod => webPod('web', { labels: { 'culvert.dev/inject': value } });
    const asked: readonly (readonly [Scene, V1Pod, boolean])[] = [
      [optedIn, webPod('web'), true],
      [optedIn, labelled('true'), true],
      [optedIn, labelled('false'), false],
      [unlabelled, webPod('web'), false],
      [unlabelled, labelled('true'), true],
      [unlabelled, labelled('false'), false],
      [mislabelled, labelled('true'), true],
    ];

    const got = await Promise.all(
      asked.map(async ([scene, one]) => hasSidecar((await scene.dryRun(one)).object)),
    );

    assert.deepEqual(
      got,
      asked.map(([, , wanted]) => wanted),
    );
  });

  test('A6: an invalid value warns and counts as not set', async () => {
    const invalid = webPod('web', { labels: { 'culvert.dev/inject': 'on' } });

    const [fallsBack, stays, namespace] = await Promise.all([
      optedIn.dryRun(invalid),
      unlabelled.dryRun(invalid),
      mislabelled.dryRun(webPod('web')),
    ]);

    assert.equal(hasSidecar(fallsBack.object), true, 'as the namespace says');
    assert.match(fallsBack.warnings.join('\n'), /pod must be "true" or "false", not "on"/);
    assert.equal(hasSidecar(stays.object), false);
    assert.match(stays.warnings.join('\n'), /pod must be "true" or "false", not "on"/);
    assert.equal(hasSidecar(namespace.object), false);
    assert.match(namespace.warnings.join('\n'), /must be "enabled" or "disabled", not "yes"/);
  });

  test('A8: injecting an injected pod changes nothing', async () => {
    const { object } = await optedIn.dryRun(webPod('web'));
    const { uid: _uid, creationTimestamp: _time, ...metadata } = object.metadata ?? {};

    const again = await optedIn.dryRun({ ...object, metadata, status: {} });

    assert.deepEqual(again.object.spec, object.spec);
    assert.deepEqual(again.object.metadata?.annotations, object.metadata?.annotations);
    assert.deepEqual(again.object.metadata?.labels, object.metadata?.labels);
  });

  test('A8: pods without volumes, annotations, labels or init containers are patched', async () => {
    const bare: V1Pod = { ...webPod('bare'), metadata: { name: 'bare' } };

    const { object } = await optedIn.dryRun(bare);

    assert.equal(hasSidecar(object), true);
    assert.equal(object.metadata?.labels?.['culvert.dev/injected'], 'true');
    assert.ok((object.spec?.volumes ?? []).some(({ name }) => name === 'culvert-state'));
  });

  test("A10: a container that runs as the sidecar's user is refused the sidecar, with a clear message", async () => {
    const clash = webContainer({ securityContext: { runAsUser: 15_900 } });

    const { object, warnings } = await optedIn.dryRun(pod('clash', podSpec([clash])));

    assert.equal(hasSidecar(object), false);
    assert.match(warnings.join('\n'), /UIDConflict.*app.*15900.*choose another runAsUser/);
  });

  test('A10: sidecar and redirect may do no more than they must', async () => {
    const { object } = await optedIn.dryRun(webPod('web'));

    const sidecar = containerOf(object, SIDECAR).securityContext;
    const redirect = containerOf(object, REDIRECT).securityContext;
    for (const context of [sidecar, redirect]) {
      assert.equal(context?.allowPrivilegeEscalation, false);
      assert.equal(context?.readOnlyRootFilesystem, true);
      assert.equal(context?.seccompProfile?.type, 'RuntimeDefault');
      assert.deepEqual(context?.capabilities?.drop, ['ALL']);
    }
    assert.equal(sidecar?.runAsUser, 15_900);
    assert.equal(sidecar?.runAsNonRoot, true);
    assert.equal(sidecar?.capabilities?.add, undefined);
    assert.deepEqual(redirect?.capabilities?.add, ['NET_ADMIN']);
  });

  test('A14: autoscalers see requests on every container, and may evict what injection added', async () => {
    const { object } = await optedIn.dryRun(webPod('web'));

    const all = [...(object.spec?.initContainers ?? []), ...(object.spec?.containers ?? [])];
    for (const { name, resources } of all) {
      assert.ok(resources?.requests?.['cpu'], `${name} requests cpu`);
      assert.ok(resources.requests['memory'], `${name} requests memory`);
    }
    const evictable =
      object.metadata?.annotations?.['cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes'];
    const local = (object.spec?.volumes ?? []).filter(({ emptyDir }) => emptyDir !== undefined);
    assert.deepEqual(evictable?.split(',').sort(), local.map(({ name }) => name).sort());
  });

  test('A17: the resources set in values are the resources rendered, and annotations change them for a pod', async () => {
    const annotations = { 'culvert.dev/cpu-limit': '700m', 'culvert.dev/memory-request': '111Mi' };

    const [plain, changed] = await Promise.all([
      optedIn.dryRun(webPod('web')),
      optedIn.dryRun(webPod('web', { annotations })),
    ]);

    // As rig/installation.ts leaves them: the chart's values.
    assert.deepEqual(containerOf(plain.object, SIDECAR).resources, {
      requests: { cpu: '10m', memory: '96Mi' },
      limits: { memory: '256Mi' },
    });
    const resources = containerOf(changed.object, SIDECAR).resources;
    assert.equal(resources?.limits?.['cpu'], '700m');
    assert.equal(resources.requests?.['memory'], '111Mi');
  });

  test('A5: kube-system and the namespace of the operator never match', async () => {
    const namespaces = ['kube-system', 'culvert-system'];
    const asked = webPod('web', { labels: { 'culvert.dev/inject': 'true' } });

    const got = await Promise.all(
      namespaces.map((namespace) =>
        optedIn.dryRun({ ...asked, metadata: { ...asked.metadata, namespace } }, namespace),
      ),
    );

    assert.deepEqual(
      got.map(({ object }) => hasSidecar(object)),
      [false, false],
    );
  });

  test('A5: a hostNetwork pod stays as it was written, byte for byte', async () => {
    const asked = pod('host', podSpec([container('idle.ts')], { hostNetwork: true }));

    const [labelled, plain] = await Promise.all([optedIn.dryRun(asked), unlabelled.dryRun(asked)]);

    assert.deepEqual(JSON.stringify(labelled.object.spec), JSON.stringify(plain.object.spec));
    assert.deepEqual(labelled.object.metadata?.labels, plain.object.metadata?.labels);
    assert.deepEqual(labelled.object.metadata?.annotations, plain.object.metadata?.annotations);
    assert.match(labelled.warnings.join('\n'), /HostNetwork/);
  });
});
