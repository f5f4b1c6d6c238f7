import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { installCulvert } from '../rig/installation.ts';
import { booksWhen } from '../scene/books.ts';
import { captured } from '../scene/captured.ts';
import { containerOf, SIDECAR } from '../scene/containers.ts';
import { eventually } from '../scene/eventually.ts';
import { closeGraphql } from '../scene/graphql.ts';
import { webPod } from '../scene/manifests.ts';
import { podsOf } from '../scene/parts.ts';
import { openScene, type Scene } from '../scene/scene.ts';

let scene: Scene;

before(async () => {
  scene = await openScene('upgrade');
  await scene.apply(webPod('old'));
  await scene.ready('old');
});

after(async () => {
  await scene?.close();
  await closeGraphql();
});

test(
  'helm upgrade with other values changes nothing for traffic that flows, and new pods follow the new values',
  { timeout: 300_000 },
  async () => {
    const url = `http://${await scene.address('old')}:8080`;
    const load = scene.load({ url: `${url}/steady`, everyMs: 20, keepAlive: false });

    await installCulvert({
      values: {
        'injection.sidecar.resources.limits.memory': '200Mi',
        'orchestrator.resources.requests.cpu': '110m',
        'operator.resources.requests.cpu': '60m',
      },
    });
    // An operator that ends goes on admitting what is on its way to it, with the values that it had.
    await eventually(
      async () => (await podsOf('operator')).map(({ metadata }) => metadata?.deletionTimestamp),
      (deleted) => deleted.every((time) => time === undefined),
      'the operators from before the upgrade are gone',
    );
    await scene.apply(webPod('new'));
    await scene.ready('new');
    const { sent, answered, failures } = await load.stop();

    assert.ok(sent > 0);
    assert.deepEqual([answered, failures], [sent, {}]);
    assert.equal(containerOf(await scene.get('pod/new'), SIDECAR).resources?.limits?.['memory'], '200Mi');
    assert.equal(
      containerOf(await scene.get('pod/old'), SIDECAR).resources?.limits?.['memory'],
      '256Mi',
      'as it was made',
    );
    await scene.call('fetch', { url: `${url}/after-the-upgrade` });
    await captured(scene.namespace, '/after-the-upgrade');
    await booksWhen(
      scene.namespace,
      'old',
      ({ captured: all, excluded, stored, dropped, balanced }) =>
        balanced && dropped === 0 && all - excluded === sent + 1 && stored === sent + 1,
      `all ${sent + 1} exchanges are stored, those of the upgrade too`,
    );
  },
);
