import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { agentsOf, booksWhen } from '../scene/books.ts';
import { captured, listCaptured } from '../scene/captured.ts';
import { eventWhen } from '../scene/events.ts';
import { eventually } from '../scene/eventually.ts';
import { closeGraphql } from '../scene/graphql.ts';
import { capturePolicy, podSpec, webContainer, webPod } from '../scene/manifests.ts';
import { measured } from '../scene/measured.ts';
import { condition, policyWhen } from '../scene/policies.ts';
import { openScene, type Scene } from '../scene/scene.ts';

/** Selects the pods that are labelled so. */
const only = (app: string): Record<string, unknown> => ({ selector: { matchLabels: { app } } });

describe('policies', { concurrency: true }, () => {
  let scene: Scene;

  before(async () => {
    scene = await openScene('policies');
  });

  after(async () => {
    await scene?.close();
    await closeGraphql();
  });

  /** Starts a pod whose policy is in force. */
  async function covered(app: string, spec: Record<string, unknown>): Promise<string> {
    await scene.applyPolicies(capturePolicy(app, { ...only(app), ...spec }));
    await scene.apply(webPod(app));
    await scene.ready(app);
    return `http://${await scene.address(app)}:8080`;
  }

  test('a running sidecar follows a change of its policy within two seconds, without a restart', async () => {
    const url = await covered('changing', {});
    await scene.call('fetch', { url: `${url}/before` });
    await captured(scene.namespace, '/before');
    const first = await policyWhen(
      scene,
      'changing',
      ({ upToDatePods }) => upToDatePods === 1,
      'the pod runs the policy',
    );
    assert.deepEqual([first.matchedPods, first.injectedPods], [1, 1]);
    const revision = await revisionOf('changing');

    await scene.apply(
      capturePolicy('changing', { ...only('changing'), exclude: [{ paths: [{ value: '/left-out' }] }] }),
    );
    const begun = performance.now();
    await eventually(
      () => revisionOf('changing'),
      (now) => now !== undefined && now !== revision,
      'the sidecar reports another revision',
      2_000,
    );
    measured(
      `a sidecar followed its policy ${Math.round(performance.now() - begun)} ms after it was applied`,
    );

    await scene.call('fetch', { url: `${url}/left-out` });
    await scene.call('fetch', { url: `${url}/after` });
    await captured(scene.namespace, '/after');
    const targets = (await listCaptured(scene.namespace)).map(({ target }) => target);
    assert.ok(!targets.includes('/left-out'));
    await booksWhen(
      scene.namespace,
      'changing',
      ({ excludedByReason }) => excludedByReason['exclude'] === 1,
      'what was left out is counted',
    );
    const status = await policyWhen(
      scene,
      'changing',
      ({ upToDatePods }) => upToDatePods === 1,
      'the pod runs the new generation',
    );
    assert.equal(condition(status, 'Ready')?.status, 'True');
    assert.equal(containerRestarts(await scene.get('pod/changing')), 0);
  });

  test('exchanges are left out and sampled as the policy says, and counted', async () => {
    const [some, none] = await Promise.all([
      covered('matched', { match: [{ methods: ['POST'], paths: [{ value: '/orders' }] }] }),
      covered('sampled-out', { sampling: { percent: 0 } }),
    ]);

    await scene.call('fetch', { url: `${some}/orders/skipped`, times: 3 });
    await scene.call('fetch', { url: `${none}/sampled/out`, times: 4 });
    await scene.call('fetch', { url: `${some}/orders/kept`, method: 'POST', pieces: ['x'] });

    assert.equal((await captured(scene.namespace, '/orders/kept')).pod, 'matched');
    await booksWhen(
      scene.namespace,
      'matched',
      ({ excludedByReason, stored }) => excludedByReason['match'] === 3 && stored === 1,
      '3 were excluded',
    );
    await booksWhen(
      scene.namespace,
      'sampled-out',
      ({ sampledOut, stored }) => sampledOut === 4 && stored === 0,
      '4 were sampled out',
    );
    const targets = (await listCaptured(scene.namespace)).map(({ target }) => target);
    assert.ok(!targets.includes('/orders/skipped') && !targets.includes('/sampled/out'));
  });

  test('secrets are redacted before they leave the pod, by default and as the policy says', async () => {
    const url = await covered('redacted', {
      redaction: { headers: ['x-internal'], queryParameters: ['token'] },
    });

    const answer = await scene.call('fetch', {
      url: `${url}/redacted?token=query-secret&page=2`,
      headers: { authorization: 'Bearer head-secret', 'x-internal': 'own-secret', 'x-open': 'stays' },
    });

    assert.match(answer.body, /query-secret/, 'the application gets all of it');
    const [exchange] = await eventually(
      () => listCaptured(scene.namespace),
      (all) => all.some((one) => one.pod === 'redacted'),
      'the exchange is captured',
    ).then((all) => all.filter((one) => one.pod === 'redacted'));
    const told = JSON.stringify(exchange);
    assert.doesNotMatch(told, /query-secret|head-secret|own-secret/);
    assert.match(told, /stays/);
    assert.match(exchange?.url ?? '', /page=2/);
  });

  test('an invalid policy is refused by the API server with a sentence that says what to write', async () => {
    const wrong: readonly (readonly [Record<string, unknown>, RegExp])[] = [
      [{ sampling: { percent: 10, fraction: { numerator: 1 } } }, /percent and fraction exclude each other/],
      [{ match: [{ methods: ['get'] }] }, /write methods in upper case/],
      [{ ports: [{ port: 70_000 }] }, /write a port number from 1 to 65535/],
      [{ unheardOf: true }, /unknown field "spec.unheardOf"/],
    ];

    for (const [spec, sentence] of wrong)
      await assert.rejects(scene.dryRun(capturePolicy('wrong', spec)), sentence);
  });

  test('a port name that no pod has becomes a condition, which goes away with its cause', async () => {
    const policy = { ...only('typo'), ports: [{ port: 'htpp' }] };
    await scene.applyPolicies(capturePolicy('typo', policy));
    await scene.apply(webPod('typo', { labels: { 'culvert.dev/inject': 'true' } }));

    const wrong = await policyWhen(
      scene,
      'typo',
      (status) => condition(status, 'ResolvedRefs')?.status === 'False',
      'the policy says that the port is not found',
    );
    assert.equal(condition(wrong, 'ResolvedRefs')?.reason, 'PortNotFound');
    assert.match(condition(wrong, 'ResolvedRefs')?.message ?? '', /htpp/);

    await eventWhen(scene, 'typo', 'PortNotFound');

    // The cause goes away without a change of the policy: a pod that has the port takes the other's place.
    await scene.kubectl(['delete', 'pod', 'typo', '--wait=true']);
    await scene.apply({
      ...webPod('typo'),
      spec: podSpec([webContainer({ ports: [{ name: 'htpp', containerPort: 8080 }] })]),
    });
    const right = await policyWhen(
      scene,
      'typo',
      (status) => condition(status, 'Ready')?.status === 'True',
      'the policy is ready by itself',
    );
    assert.equal(condition(right, 'ResolvedRefs')?.status, 'True');
  });

  test('kubectl get shows what became of a policy', async () => {
    await covered('shown', {});
    await policyWhen(
      scene,
      'shown',
      (status) => condition(status, 'Ready')?.status === 'True',
      'the policy is ready',
    );

    const { stdout } = await scene.kubectl(['get', 'cap', 'shown']);
    const explained = await scene.kubectl(['explain', 'capturepolicy.spec.sampling']);

    const [head = '', row = ''] = stdout.split('\n');
    assert.deepEqual(head.split(/\s+/).filter(Boolean), [
      'NAME',
      'READY',
      'REASON',
      'MATCHED',
      'INJECTED',
      'UP-TO-DATE',
      'AGE',
    ]);
    assert.match(row, /^shown\s+True\s+Ready\s+1\s+1\s+1\s+\S+/);
    assert.match(explained.stdout, /Which share of the exchanges/);
  });

  /** The revision that a pod's sidecar says it runs. */
  async function revisionOf(podName: string): Promise<string | undefined> {
    const agent = (await agentsOf(scene.namespace)).find(({ pod }) => pod === podName);
    return agent?.configRevision ?? undefined;
  }
});

function containerRestarts({
  status,
}: {
  status?: { initContainerStatuses?: { restartCount: number }[] };
}): number {
  return (status?.initContainerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0);
}
