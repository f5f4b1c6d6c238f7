import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { captured } from '../scene/captured.ts';
import { containerOf, REDIRECT, SIDECAR } from '../scene/containers.ts';
import { closeGraphql } from '../scene/graphql.ts';
import { webPod } from '../scene/manifests.ts';
import { openScene, type Scene } from '../scene/scene.ts';

describe('a running pod with the sidecar', { concurrency: true }, () => {
  let scene: Scene;

  before(async () => {
    scene = await openScene('sidecar');
    // With a service account token, as pods have it unless they say otherwise.
    await scene.apply(webPod('web', {}, { automountServiceAccountToken: true }));
    await scene.ready('web');
  });

  after(async () => {
    await scene?.close();
    await closeGraphql();
  });

  /** Evaluates an expression in the sidecar. */
  async function inSidecar(expression: string): Promise<unknown> {
    const program = `const fs = require('fs'); console.log(JSON.stringify(${expression}))`;
    const exec = ['exec', 'web', `--container=${SIDECAR}`, '--', 'node', '--eval', program];
    return JSON.parse((await scene.kubectl(exec)).stdout);
  }

  test('A2: the application is held back until the sidecar listens', async () => {
    const { status, spec } = await scene.get('pod/web');
    const sidecar = status?.initContainerStatuses?.find(({ name }) => name === SIDECAR);
    const application = status?.containerStatuses?.[0];

    const probe = spec?.initContainers?.find(({ name }) => name === SIDECAR)?.startupProbe?.httpGet;
    assert.equal(probe?.path, '/readyz');
    assert.equal(sidecar?.started, true);
    const began = (at: Date | undefined): number => new Date(at ?? 0).getTime();
    assert.ok(
      began(application?.state?.running?.startedAt) >= began(sidecar.state?.running?.startedAt),
      'the application was started later',
    );
  });

  test('A10: the sidecar runs as its own user, without capabilities, on a root that is read-only', async () => {
    const status = String(await inSidecar(`fs.readFileSync('/proc/self/status', 'utf8')`));
    const line = (name: string): string | undefined =>
      new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1];

    assert.equal(line('Uid')?.split(/\s+/)[0], '15900');
    assert.match(line('CapEff') ?? '', /^0+$/);
    assert.match(line('CapBnd') ?? '', /^0+$/);
    assert.equal(line('NoNewPrivs'), '1');
    assert.equal(line('Seccomp'), '2', 'a filter');
    const written = await inSidecar(
      `(() => { try { fs.writeFileSync('/x', ''); } catch (e) { return e.code; } })()`,
    );
    assert.equal(written, 'EROFS');
  });

  test('A14: kubectl logs and exec still take the application by default', async () => {
    const log = await scene.kubectl(['logs', 'web']);
    const user = await scene.kubectl(['exec', 'web', '--', 'id', '-u']);

    assert.match(log.stdout, /^listening on 8080$/m);
    assert.equal(user.stdout.trim(), '20000');
  });

  test('A17: the sidecar holds no Kubernetes credentials, and the application keeps its own', async () => {
    const directory = '/var/run/secrets/kubernetes.io/serviceaccount';

    const [sidecar, application, token] = await Promise.all([
      inSidecar(`fs.existsSync('${directory}') ? fs.readdirSync('${directory}') : []`),
      scene.kubectl(['exec', 'web', '--', 'ls', directory]),
      inSidecar(`fs.readFileSync('/var/run/secrets/culvert/token', 'utf8')`),
    ]);

    assert.deepEqual(sidecar, []);
    assert.match(application.stdout, /^token$/m);
    const claims = Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString();
    assert.deepEqual(
      (JSON.parse(claims) as { aud: string[] }).aud,
      ['culvert'],
      'of no use to the API server',
    );
  });

  test('A12: running the redirect a second time on the same pod is harmless', async () => {
    const { object } = await scene.dryRun(webPod('twice'));
    const again = { ...containerOf(object, REDIRECT), name: 'redirect-again' };
    const inits = object.spec?.initContainers ?? [];
    const { uid: _uid, creationTimestamp: _time, ...metadata } = object.metadata ?? {};
    await scene.apply({
      ...object,
      metadata,
      status: {},
      spec: { ...object.spec, initContainers: [inits[0], again, ...inits.slice(1)] },
    });
    await scene.ready('twice');

    const url = `http://${await scene.address('twice')}:8080/redirected-twice`;
    const { status } = await scene.call('fetch', { url });

    assert.equal(status, 200);
    const exchange = await captured(scene.namespace, '/redirected-twice');
    assert.equal(exchange.pod, 'twice');
  });
});
