import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { captured, listCaptured } from '../scene/captured.ts';
import { containerOf, hasSidecar, initNames, SIDECAR } from '../scene/containers.ts';
import { closeGraphql } from '../scene/graphql.ts';
import { capturePolicy, pod, podSpec, service, webContainer, webPod } from '../scene/manifests.ts';
import { policyWhen } from '../scene/policies.ts';
import { openScene, type Scene } from '../scene/scene.ts';

for (const level of ['baseline', 'restricted']) {
  describe(`a namespace that enforces the Pod Security level ${level}`, { concurrency: true }, () => {
    let scene: Scene;

    before(async () => {
      scene = await openScene(level, {
        'culvert.dev/inject': 'enabled',
        'pod-security.kubernetes.io/enforce': level,
      });
    });

    after(async () => {
      await scene?.close();
      await closeGraphql();
    });

    test(`A11: under ${level}, a Service that targets a port by name is captured without NET_ADMIN`, async () => {
      const warnings = await scene.apply(webPod('named'), service('named', 'http'));
      await scene.ready('named');

      const answer = await scene.call('fetch', { url: `http://named/by-name-under-${level}` });

      assert.deepEqual(warnings, []);
      assert.equal(answer.status, 200);
      const made = await scene.get('pod/named');
      assert.deepEqual(initNames(made), [SIDECAR], 'no redirect');
      assert.deepEqual(
        containerOf(made, SIDECAR).ports?.map(({ name }) => name),
        ['http'],
        'the name has moved',
      );
      const exchange = await captured(scene.namespace, `/by-name-under-${level}`);
      assert.equal(exchange.capturedPort, 8080);
    });

    test(`A11: under ${level}, a Service that targets a number goes on working, uncaptured`, async () => {
      await scene.applyPolicies(
        capturePolicy('numbered', { selector: { matchLabels: { app: 'numbered' } } }),
      );
      await scene.apply(webPod('numbered'), service('numbered', 8080));
      await scene.ready('numbered');

      const answer = await scene.call('fetch', { url: 'http://numbered/by-number' });

      assert.equal(answer.status, 200);
      // The sidecar is there, but no way leads through it: what comes to its own port is captured.
      await scene.call('fetch', { url: `http://${await scene.address('numbered')}:15900/afterwards` });
      await captured(scene.namespace, '/afterwards');
      const targets = (await listCaptured(scene.namespace)).map(({ target }) => target);
      assert.ok(!targets.includes('/by-number'), 'it went past the sidecar');
      await policyWhen(
        scene,
        'numbered',
        ({ uncovered }) =>
          uncovered?.some(
            ({ reason, message }) => reason === 'NumericTargetPort' && /numbered/.test(message ?? ''),
          ) === true,
        'the policy names the Service that targets a number',
      );
    });

    test(`A11: under ${level}, a pod without port names has the reason NumericTargetPort`, async () => {
      await scene.applyPolicies(
        capturePolicy('nameless', { selector: { matchLabels: { app: 'nameless' } } }),
      );
      const nameless = webContainer({ ports: [{ containerPort: 8080 }] });

      const warnings = await scene.apply(pod('nameless', podSpec([nameless])));

      assert.match(warnings.join('\n'), /NumericTargetPort.*name the containerPorts/);
      assert.equal(hasSidecar(await scene.get('pod/nameless')), false);
      await policyWhen(
        scene,
        'nameless',
        ({ uncovered }) => uncovered?.some(({ reason }) => reason === 'NumericTargetPort') === true,
        'the policy says NumericTargetPort',
      );
    });

    test(`A11: a pod that insists on the redirect under ${level} is told why it is denied and what to do`, async () => {
      const insisting = webPod('insisting', { annotations: { 'culvert.dev/mode': 'Redirect' } });

      await assert.rejects(scene.apply(insisting), (error: { stderr: string }) => {
        assert.match(error.stderr, /violates PodSecurity/);
        assert.match(error.stderr, /NET_ADMIN/);
        assert.match(error.stderr, /NamedPorts/);
        return true;
      });
    });
  });
}
