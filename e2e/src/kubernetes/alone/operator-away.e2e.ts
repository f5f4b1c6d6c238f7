import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { installCulvert, NAMESPACE, RELEASE } from '../rig/installation.ts';
import { booksWhen } from '../scene/books.ts';
import { captured } from '../scene/captured.ts';
import { kubectl } from '../scene/commands.ts';
import { hasSidecar } from '../scene/containers.ts';
import { eventually } from '../scene/eventually.ts';
import { closeGraphql } from '../scene/graphql.ts';
import { capturePolicy, webPod } from '../scene/manifests.ts';
import { podsOf, startPart, stopPart } from '../scene/parts.ts';
import { condition, policyWhen } from '../scene/policies.ts';
import { openScene, type Scene } from '../scene/scene.ts';

let scene: Scene;
let other: Scene;

before(async () => {
  [scene, other] = await Promise.all([openScene('operator-away'), openScene('not-opted-in', {})]);
});

after(async () => {
  await startPart('deployment', 'operator', 2);
  await Promise.all([scene, other].map((one) => one?.close()));
  await closeGraphql();
});

test('A7: under Ignore, a pod made while the webhook is away runs, and its policy says what it misses', async () => {
  await scene.applyPolicies(capturePolicy('missed', { selector: { matchLabels: { app: 'missed' } } }));
  await stopPart('deployment', 'operator');

  await scene.apply(webPod('missed'));
  await scene.ready('missed');

  const { status } = await scene.call('fetch', { url: `http://${await scene.address('missed')}:8080/` });
  assert.equal(status, 200);
  assert.equal(hasSidecar(await scene.get('pod/missed')), false);
  await startPart('deployment', 'operator', 2);
  const missed = await policyWhen(
    scene,
    'missed',
    (now) => condition(now, 'Injected')?.status === 'False',
    'the policy says Injected=False',
  );
  assert.equal(condition(missed, 'Injected')?.reason, 'NotInjected');
  assert.deepEqual([missed.matchedPods, missed.injectedPods], [1, 0]);
});

test(
  'sidecars go on although the operator was deleted, and follow what was changed meanwhile once it is restored',
  { timeout: 240_000 },
  async () => {
    const policy = (exclude: readonly object[]): Record<string, unknown> =>
      capturePolicy('going-on', { selector: { matchLabels: { app: 'going-on' } }, exclude });
    await scene.applyPolicies(policy([]));
    await scene.apply(webPod('going-on'));
    await scene.ready('going-on');
    const url = `http://${await scene.address('going-on')}:8080`;
    await policyWhen(scene, 'going-on', ({ upToDatePods }) => upToDatePods === 1, 'the pod runs the policy');

    await kubectl([`--namespace=${NAMESPACE}`, 'delete', 'deployment', `${RELEASE}-operator`, '--wait=true']);
    await scene.call('fetch', { url: `${url}/without-operator` });
    await captured(scene.namespace, '/without-operator');
    await scene.apply(policy([{ paths: [{ value: '/secret' }] }]));
    await installCulvert();

    const status = await policyWhen(
      scene,
      'going-on',
      ({ upToDatePods }) => upToDatePods === 1,
      'the pod runs the policy as it was changed',
    );
    assert.equal(condition(status, 'Ready')?.status, 'True');
    await scene.call('fetch', { url: `${url}/secret` });
    await booksWhen(
      scene.namespace,
      'going-on',
      ({ excludedByReason }) => excludedByReason['exclude'] === 1,
      'what is excluded now is left out',
    );
  },
);

test(
  'A7: under Fail, only opted-in pods wait for the webhook, and the operator itself always starts',
  { timeout: 300_000 },
  async () => {
    await installCulvert({ values: { 'webhook.failurePolicy': 'Fail' } });
    await stopPart('deployment', 'operator');

    await assert.rejects(
      scene.dryRun(webPod('waits')),
      /failed calling webhook "namespaces\.inject\.culvert\.dev"/,
    );
    const labelled = webPod('waits', { labels: { 'culvert.dev/inject': 'true' } });
    await assert.rejects(other.dryRun(labelled), /failed calling webhook "pods\.inject\.culvert\.dev"/);
    await other.apply(webPod('free'));
    await other.ready('free');

    await startPart('deployment', 'operator', 2);
    await kubectl([
      `--namespace=${NAMESPACE}`,
      'delete',
      'pods',
      `--selector=app.kubernetes.io/component=operator`,
      '--wait=true',
    ]);
    await kubectl([
      `--namespace=${NAMESPACE}`,
      'rollout',
      'status',
      `deployment/${RELEASE}-operator`,
      '--timeout=120s',
    ]);
    assert.equal(
      (await podsOf('operator')).filter(({ metadata }) => metadata?.deletionTimestamp === undefined).length,
      2,
    );
    await eventually(
      () => scene.dryRun(webPod('waits')),
      ({ object }) => hasSidecar(object),
      'opted-in pods are made again',
    );
    await installCulvert();
  },
);
