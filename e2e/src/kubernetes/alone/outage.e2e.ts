import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { installCulvert } from '../rig/installation.ts';
import { booksWhen } from '../scene/books.ts';
import { captured } from '../scene/captured.ts';
import { hasSidecar } from '../scene/containers.ts';
import { eventually } from '../scene/eventually.ts';
import { closeGraphql } from '../scene/graphql.ts';
import { capturePolicy, webPod } from '../scene/manifests.ts';
import { measured } from '../scene/measured.ts';
import { startPart, stopPart } from '../scene/parts.ts';
import { policyWhen } from '../scene/policies.ts';
import { openScene, type Scene } from '../scene/scene.ts';

const SECONDS = 60;
/** The smallest spool there is: it is full within seconds. */
const SPOOL_BYTES = 2 * 1024 * 1024;
const MIB = 1024 * 1024;
let scene: Scene;

before(async () => {
  await installCulvert({ values: { 'injection.sidecar.env.CULVERT_SPOOL_BYTES': String(SPOOL_BYTES) } });
  scene = await openScene('outage');
});

after(async () => {
  await startPart('statefulset', 'nats', 1);
  await startPart('deployment', 'orchestrator', 1);
  await scene?.close();
  await closeGraphql();
  await installCulvert();
});

test(
  'A16: a minute without NATS and orchestrator harms no application, and afterwards the counts add up',
  { timeout: 400_000 },
  async (t) => {
    const policy = (exclude: readonly object[]): Record<string, unknown> =>
      capturePolicy('outage', { selector: { matchLabels: { app: 'steady' } }, exclude });
    await scene.applyPolicies(policy([]));
    await scene.apply(webPod('steady'));
    await scene.ready('steady');
    const address = await scene.address('steady');
    const url = `http://${address}:8080`;
    await scene.call('fetch', { url: `${url}/before`, times: 50 });
    await booksWhen(
      scene.namespace,
      'steady',
      ({ stored, inStream }) => stored === 50 && inStream === 0,
      'what came before the outage is stored',
    );

    await stopPart('deployment', 'orchestrator');
    await stopPart('statefulset', 'nats');
    const load = scene.load({
      url: `${url}/bytes?count=20000`,
      everyMs: 10,
      keepAlive: true,
      seconds: SECONDS,
      watchUrl: `http://${address}:15890/readyz`,
    });
    await eventually(
      () => metric(address, 'culvert_dropped_total'),
      (dropped) => dropped > 0,
      'the spool overflows',
    );
    const atFirst = await metric(address, 'process_resident_memory_bytes');
    await t.test('A2: a pod that is made without NATS and orchestrator becomes ready', async () => {
      await scene.apply(webPod('newcomer'));
      await scene.ready('newcomer');
      assert.ok(hasSidecar(await scene.get('pod/newcomer')));
    });
    const result = await load.ended;
    const atLast = await metric(address, 'process_resident_memory_bytes');
    await startPart('statefulset', 'nats', 1);
    await startPart('deployment', 'orchestrator', 1);

    measured(
      `resident memory of a sidecar without NATS: ${Math.round(atFirst / MIB)} MiB after the first loss, ${Math.round(atLast / MIB)} MiB after ${SECONDS} s`,
    );
    assert.deepEqual([result.answered, result.failures], [result.sent, {}], 'no request failed');
    assert.deepEqual(Object.keys(result.watched), ['200'], `/readyz: ${JSON.stringify(result.watched)}`);
    assert.ok(atLast < atFirst + 32 * MIB, `memory stays flat: ${atFirst} to ${atLast} bytes`);
    await scene.call('fetch', { url: `${url}/after` });
    await captured(scene.namespace, '/after');
    const books = await booksWhen(
      scene.namespace,
      'steady',
      ({ balanced, open, spooled, inStream, captured: all, excluded }) =>
        balanced && open + spooled + inStream === 0 && all - excluded === result.sent + 51,
      `every one of ${result.sent + 51} requests is accounted for`,
      120_000,
    );
    assert.ok(books.dropped > 0, 'the spool was too small');
    assert.equal(books.stored + books.dropped, result.sent + 51);
    assert.equal(books.lostInCrash.max, 0);
    const { status } = await scene.get('pod/steady');
    assert.deepEqual(
      [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].map(
        ({ restartCount }) => restartCount,
      ),
      [0, 0, 0],
    );

    // What NATS held is gone with it: the operator writes configuration anew, and sidecars follow it.
    await scene.apply(policy([{ paths: [{ value: '/no-more' }] }]));
    await policyWhen(
      scene,
      'outage',
      ({ upToDatePods }) => upToDatePods === 1,
      'the pod runs the policy as it was changed',
    );
  },
);

/** Adds up the samples of a metric of a sidecar. */
async function metric(address: string, name: string): Promise<number> {
  const { body } = await scene.call('fetch', { url: `http://${address}:15890/metrics` });
  const samples = body.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`, 'gm'));
  return [...samples].reduce((sum, [, value]) => sum + Number(value), 0);
}
