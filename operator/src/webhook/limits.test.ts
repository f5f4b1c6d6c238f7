import { becomesTrue } from '@culvert/demo/launcher/wait';
import type { V1Pod } from '@kubernetes/client-node';
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { installWebhook, type InstalledWebhook } from './testing/installed.ts';

const APP: V1Pod = {
  metadata: { generateName: 'web-' },
  spec: { containers: [{ name: 'app', image: 'example/app:1', ports: [{ containerPort: 8080 }] }] },
};
const EQUAL = { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '100m', memory: '64Mi' } };

let webhook: InstalledWebhook;

before(async () => {
  webhook = await installWebhook();
  await webhook.api.createNamespace('free', { 'culvert.dev/inject': 'enabled' });
  await webhook.register('Ignore');
  const injects = async (): Promise<boolean> => hasSidecar((await webhook.pods.create('free', APP)).pod);
  ok(await becomesTrue(injects, { timeoutMs: 60_000, everyMs: 100 }));
});

after(() => webhook.stop());

function hasSidecar({ spec }: V1Pod): boolean {
  return spec?.initContainers?.some(({ name }) => name === 'culvert-sidecar') === true;
}

/** A namespace, injected or not, whose limits are in force. */
async function limited(name: string, kind: 'LimitRange' | 'ResourceQuota', spec: object): Promise<void> {
  await webhook.api.createNamespace(name, { 'culvert.dev/inject': 'enabled' });
  const plural = kind === 'LimitRange' ? 'limitranges' : 'resourcequotas';
  const metadata = { name: 'limits' };
  await webhook.client.create(`/api/v1/namespaces/${name}/${plural}`, {
    apiVersion: 'v1',
    kind,
    metadata,
    spec,
  });
}

const RANGES: readonly [string, string, object, V1Pod, boolean][] = [
  [
    'a maximum and a default below what the sidecar has otherwise',
    'maximum',
    { type: 'Container', max: { cpu: '500m', memory: '128Mi' }, default: { cpu: '100m', memory: '64Mi' } },
    APP,
    true,
  ],
  ['a minimum', 'minimum', { type: 'Container', min: { cpu: '50m', memory: '100Mi' } }, APP, true],
  [
    'a ratio',
    'ratio',
    {
      type: 'Container',
      maxLimitRequestRatio: { cpu: '3', memory: '1' },
      default: { cpu: '100m', memory: '64Mi' },
    },
    APP,
    true,
  ],
  [
    'a maximum and a ratio of the pod',
    'pods',
    { type: 'Pod', max: { cpu: '400m', memory: '256Mi' }, maxLimitRequestRatio: { memory: '2' } },
    { ...APP, spec: { containers: [{ ...APP.spec!.containers[0]!, resources: EQUAL }] } },
    true,
  ],
  ['no room at all', 'tight', { type: 'Container', max: { memory: '32Mi' } }, APP, false],
];

for (const [title, namespace, item, pod, injected] of RANGES) {
  test(`a pod is made under a LimitRange with ${title}`, async () => {
    await limited(namespace, 'LimitRange', { limits: [item] });

    const result = await webhook.pods.create(namespace, pod);

    equal(result.status, 201, result.message);
    equal(hasSidecar(result.pod), injected);
    if (!injected)
      match(result.warnings.join('\n'), /not injected \(LimitRange\): LimitRange limits leaves no room/);
  });
}

test('a quota that counts limits of CPU takes an injected pod', async () => {
  await limited('counted', 'ResourceQuota', { hard: { 'limits.cpu': '4' } });
  const app = { ...APP.spec!.containers[0]!, resources: EQUAL };

  const result = await webhook.pods.create('counted', { ...APP, spec: { containers: [app] } });

  // There is no controller that would find out what is used: a quota is not enforced before.
  equal(result.status === 201 || /status unknown for quota/.test(result.message), true, result.message);
});

test('a pod of the class Guaranteed keeps its class', async () => {
  const app = { ...APP.spec!.containers[0]!, resources: EQUAL };

  const { pod } = await webhook.pods.create(
    'free',
    { ...APP, spec: { containers: [app] } },
    { dryRun: false },
  );

  deepEqual([hasSidecar(pod), pod.status?.qosClass], [true, 'Guaranteed']);
});
