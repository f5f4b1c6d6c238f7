import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { V1MutatingWebhookConfiguration, V1Pod } from '@kubernetes/client-node';
import { readSecret } from '../rig/culvert-api.ts';
import { NAMESPACE, RELEASE } from '../rig/installation.ts';
import { kubectl } from '../scene/commands.ts';
import { hasSidecar } from '../scene/containers.ts';
import { eventually } from '../scene/eventually.ts';
import { webPod } from '../scene/manifests.ts';
import { podsOf } from '../scene/parts.ts';
import { openScene, type Scene } from '../scene/scene.ts';

const SECRET = `${RELEASE}-webhook-tls`;
let scene: Scene;

before(async () => {
  scene = await openScene('certificates');
});

after(async () => {
  await scene?.close();
});

test('A15: the certificate of the webhook is replaced without a restart, and no pod misses its sidecar meanwhile', async () => {
  const identities = (pods: V1Pod[]): unknown =>
    pods
      .map(({ metadata, status }) => [
        metadata?.uid,
        status?.containerStatuses?.map(({ restartCount }) => restartCount),
      ])
      .sort();
  const operators = identities(await podsOf('operator'));
  const before = { certificate: await readSecret(SECRET, 'tls.crt'), bundle: await bundle() };
  const admitted: boolean[] = [];
  const admit = async (): Promise<void> => {
    admitted.push(hasSidecar((await scene.dryRun(webPod('web'))).object));
  };
  await admit();

  await kubectl([`--namespace=${NAMESPACE}`, 'delete', 'secret', SECRET]);

  await eventually(
    async () => {
      await admit();
      return { certificate: await readSecret(SECRET, 'tls.crt'), bundle: await bundle() };
    },
    (now) => now.certificate !== before.certificate && now.bundle !== before.bundle,
    'there is another certificate, and the configuration trusts another authority',
  );
  for (let more = 0; more < 10; more++) await admit();
  assert.ok(
    admitted.every(Boolean),
    `${admitted.filter(Boolean).length} of ${admitted.length} pods got the sidecar`,
  );
  assert.deepEqual(identities(await podsOf('operator')), operators, 'no operator was restarted');
});

async function bundle(): Promise<string> {
  const { stdout } = await kubectl([
    'get',
    'mutatingwebhookconfiguration',
    `${RELEASE}-${NAMESPACE}-injector`,
    '--output=json',
  ]);
  const { webhooks = [] } = JSON.parse(stdout) as V1MutatingWebhookConfiguration;
  assert.equal(webhooks.length, 2);
  assert.equal(webhooks[0]?.clientConfig.caBundle, webhooks[1]?.clientConfig.caBundle);
  return webhooks[0]?.clientConfig.caBundle ?? '';
}
