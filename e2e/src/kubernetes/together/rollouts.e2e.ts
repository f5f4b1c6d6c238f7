import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { V1Pod } from '@kubernetes/client-node';
import { booksWhen } from '../scene/books.ts';
import { kubectl } from '../scene/commands.ts';
import { hasSidecar } from '../scene/containers.ts';
import { eventually } from '../scene/eventually.ts';
import { closeGraphql } from '../scene/graphql.ts';
import { capturePolicy, deployment, podSpec, service, webContainer } from '../scene/manifests.ts';
import { condition, policyWhen } from '../scene/policies.ts';
import { openScene, type Scene } from '../scene/scene.ts';

const APPS = ['first', 'second'];
/** Goes on for a while, until no Service leads to it any more. */
const gentle = webContainer({ lifecycle: { preStop: { sleep: { seconds: 2 } } } });
let scene: Scene;

before(async () => {
  // Not opted in yet.
  scene = await openScene('rollouts', {});
  await scene.apply(
    ...APPS.map((app) => deployment(app, podSpec([gentle]))),
    ...APPS.map((app) => service(app, 8080)),
    // Nothing is kept: steady requests would push what other tests look for out of the list of the newest.
    capturePolicy('all', {
      sampling: { percent: 0 },
      selector: { matchExpressions: [{ key: 'app', operator: 'In', values: APPS }] },
    }),
  );
  for (const app of APPS) await scene.ready(`--selector=app=${app}`);
});

after(async () => {
  await scene?.close();
  await closeGraphql();
});

test('pods of a namespace that is not opted in are NotOptedIn, and NotInjected once it is', async () => {
  await policyWhen(
    scene,
    'all',
    ({ uncovered, matchedPods }) => matchedPods === 2 && uncovered?.[0]?.reason === 'NotOptedIn',
    'the policy says NotOptedIn',
  );

  await kubectl(['label', 'namespace', scene.namespace, 'culvert.dev/inject=enabled']);

  const status = await policyWhen(
    scene,
    'all',
    ({ uncovered }) => uncovered?.[0]?.reason === 'NotInjected',
    'the policy says NotInjected',
  );
  assert.equal(condition(status, 'Injected')?.status, 'False');
  assert.equal(condition(status, 'Injected')?.reason, 'NotInjected');
  assert.deepEqual([status.matchedPods, status.injectedPods, status.uncovered?.[0]?.pods], [2, 0, 2]);
});

test(
  'rolloutPolicy: RollingUpdate restarts one workload after the other, without a failed request',
  { timeout: 180_000 },
  async () => {
    const loads = APPS.map((app) =>
      scene.load({ url: `http://${app}/steady`, everyMs: 50, keepAlive: false }),
    );

    await scene.kubectl([
      'patch',
      'cap',
      'all',
      '--type=merge',
      '--patch',
      '{"spec":{"rolloutPolicy":"RollingUpdate"}}',
    ]);
    await policyWhen(
      scene,
      'all',
      (status) => condition(status, 'Injected')?.status === 'True' && status.matchedPods === 2,
      'all pods have the sidecar',
      120_000,
    );

    const pods = await eventually(
      async () => (await scene.get<{ items: V1Pod[] }>('pod --selector=app!=caller')).items,
      (items) => items.length === 2,
      'the pods without the sidecar are gone',
    );
    assert.ok(pods.every(hasSidecar));
    const time = (at: Date | undefined): number => new Date(at ?? 0).getTime();
    const [early, late] = pods.toSorted(
      (a, b) => time(a.metadata?.creationTimestamp) - time(b.metadata?.creationTimestamp),
    );
    const ready = early?.status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime;
    assert.ok(
      time(late?.metadata?.creationTimestamp) >= time(ready),
      'the second workload was restarted when the first one was available again',
    );
    for (const { metadata } of pods)
      await booksWhen(
        scene.namespace,
        metadata?.name ?? '',
        ({ sampledOut }) => sampledOut > 0,
        `requests to ${metadata?.name} were seen`,
      );
    const results = await Promise.all(loads.map((load) => load.stop()));
    for (const { sent, answered, failures } of results) {
      assert.ok(sent > 0);
      assert.deepEqual([answered, failures], [sent, {}], 'every request was answered');
    }
  },
);
