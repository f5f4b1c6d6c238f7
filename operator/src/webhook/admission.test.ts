import { becomesTrue } from '@culvert/demo/launcher/wait';
import type { V1Container, V1Pod } from '@kubernetes/client-node';
import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { GOLDEN_PODS } from '../inject/testing/golden-pods.ts';
import { installWebhook, OPERATOR_NAMESPACE, type InstalledWebhook } from './testing/installed.ts';

const ENFORCE = 'pod-security.kubernetes.io/enforce';
const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const LABELLED = { 'culvert.dev/inject': 'true' };

let webhook: InstalledWebhook;

before(async () => {
  webhook = await installWebhook();
  const { api } = webhook;
  await Promise.all([
    api.createNamespace('shop', { 'culvert.dev/inject': 'enabled' }),
    api.createNamespace('quiet'),
    api.createNamespace('out', { 'culvert.dev/inject': 'disabled' }),
    api.createNamespace('mistaken', { 'culvert.dev/inject': 'yes' }),
    api.createNamespace('sealed', { 'culvert.dev/inject': 'enabled', [ENFORCE]: 'restricted' }),
    api.createNamespace('plain', { 'culvert.dev/inject': 'enabled', [ENFORCE]: 'baseline' }),
  ]);
  await webhook.register('Ignore');
  const injects = async (): Promise<boolean> => isInjected((await webhook.pods.create('shop', pod())).pod);
  ok(await becomesTrue(injects, { timeoutMs: 60_000, everyMs: 100 }));
});

after(() => webhook.stop());

function pod(
  changes: { metadata?: V1Pod['metadata']; spec?: Partial<V1Pod['spec']>; app?: Partial<V1Container> } = {},
): V1Pod {
  const app = {
    name: 'app',
    image: 'example/app:1',
    ports: [{ name: 'http', containerPort: 8080 }],
    ...changes.app,
  };
  return {
    metadata: { generateName: 'web-', ...changes.metadata },
    spec: { containers: [app], ...changes.spec },
  };
}

function isInjected({ spec }: V1Pod): boolean {
  return spec?.initContainers?.some(({ name }) => name === 'culvert-sidecar') === true;
}

for (const { name, pod: golden, options } of GOLDEN_PODS) {
  test(`the API server takes the injected pod: ${name}`, async () => {
    const { serviceAccountName: _, ...spec } = golden.spec ?? { containers: [] };
    const metadata = { ...golden.metadata, namespace: 'shop' };
    if (options?.namespaceLabels)
      metadata.annotations = { ...metadata.annotations, 'culvert.dev/mode': 'NamedPorts' };

    const result = await webhook.pods.create('shop', { metadata, spec });

    equal(result.status, 201, result.message);
    equal(isInjected(result.pod), true);
  });
}

test('A17: no container of ours is given a token of the service account, and the application keeps its own', async () => {
  const { pod: made } = await webhook.pods.create('shop', pod(), { dryRun: false });

  const tokens = new Set(
    made.spec?.volumes
      ?.filter(({ projected }) =>
        projected?.sources?.some(({ serviceAccountToken: t }) => t && t.audience === undefined),
      )
      .map(({ name }) => name),
  );
  const holders = [...(made.spec?.initContainers ?? []), ...(made.spec?.containers ?? [])]
    .filter(({ volumeMounts }) => volumeMounts?.some(({ name }) => tokens.has(name)))
    .map(({ name }) => name);
  deepEqual(holders, ['app']);
  for (const container of made.spec?.initContainers ?? []) {
    const mounted = container.volumeMounts?.filter(({ mountPath }) => mountPath === TOKEN_PATH);
    deepEqual(
      mounted?.map(({ name }) => name),
      ['culvert-no-credentials'],
    );
  }
});

test('A8: making a pod from one that was injected changes nothing about it', async () => {
  const { pod: first } = await webhook.pods.create('shop', pod());
  const { managedFields: _, ...metadata } = first.metadata ?? {};

  const { pod: second } = await webhook.pods.create('shop', {
    metadata: { ...metadata, generateName: 'web-' },
    spec: first.spec!,
  });

  deepEqual(second.spec, first.spec);
  deepEqual(second.metadata?.annotations, first.metadata?.annotations);
});

test('A5: a pod on the network of its node stays as it is, and the reason is told', async () => {
  const own = pod({ spec: { hostNetwork: true }, metadata: { name: 'host' } });

  const [labelled, elsewhere] = await Promise.all([
    webhook.pods.create('shop', own, { dryRun: false }),
    webhook.pods.create('quiet', own),
  ]);

  const token = /kube-api-access-\w+/g;
  equal(
    JSON.stringify(labelled.pod.spec).replaceAll(token, ''),
    JSON.stringify(elsewhere.pod.spec).replaceAll(token, ''),
  );
  equal(labelled.pod.metadata?.annotations, undefined);
  match(labelled.warnings.join('\n'), /culvert: not injected \(HostNetwork\)/);
  const notice = webhook.notices.find(({ reason }) => reason === 'HostNetwork');
  deepEqual([notice?.namespace, notice?.pod, notice?.owner], ['shop', 'host', undefined]);
});

for (const namespace of ['kube-system', OPERATOR_NAMESPACE]) {
  test(`A5: a labelled pod of ${namespace} never reaches the webhook`, async () => {
    if (namespace === 'kube-system') await webhook.api.createNamespace(namespace);

    const result = await webhook.pods.create(namespace, pod({ metadata: { labels: LABELLED } }));

    deepEqual([result.status, isInjected(result.pod), result.warnings], [201, false, []]);
  });
}

const CHOICES: readonly [string, string, string | undefined, boolean, RegExp | undefined][] = [
  ['a labelled namespace injects', 'shop', undefined, true, undefined],
  ['the label false of a pod wins', 'shop', 'false', false, undefined],
  ['the label disabled of a pod wins', 'shop', 'disabled', false, undefined],
  ['a pod of a namespace that is labelled disabled is left alone', 'out', undefined, false, undefined],
  ['a labelled pod is injected where its namespace is not labelled', 'quiet', 'true', true, undefined],
  ['a pod without labels is left alone where its namespace has none', 'quiet', undefined, false, undefined],
  [
    'an invalid label of a pod warns and counts as not set',
    'shop',
    'maybe',
    true,
    /must be "true" or "false", not "maybe"/,
  ],
  [
    'an invalid label of a namespace warns and counts as not set',
    'mistaken',
    undefined,
    false,
    /must be "enabled" or "disabled", not "yes"/,
  ],
];

for (const [title, namespace, label, expected, warning] of CHOICES) {
  test(`A6: ${title}`, async () => {
    const labels = label === undefined ? {} : { 'culvert.dev/inject': label };

    const result = await webhook.pods.create(namespace, pod({ metadata: { labels } }));

    equal(result.status, 201);
    equal(isInjected(result.pod), expected);
    if (warning) match(result.warnings.join('\n'), warning);
    else deepEqual(result.warnings, []);
  });
}

test('A10: a pod that runs as the user of the sidecar is made without it, with a clear warning', async () => {
  const result = await webhook.pods.create('shop', pod({ app: { securityContext: { runAsUser: 15900 } } }));

  deepEqual([result.status, isInjected(result.pod)], [201, false]);
  match(
    result.warnings.join('\n'),
    /not injected \(UIDConflict\): app would share user 15900 .* choose another/,
  );
});

test('A11: the restricted level takes an injected pod, whose port name has moved to the sidecar', async () => {
  const securityContext = {
    allowPrivilegeEscalation: false,
    runAsNonRoot: true,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  };

  const result = await webhook.pods.create('sealed', pod({ app: { securityContext } }));

  equal(result.status, 201, result.message);
  deepEqual(
    result.pod.spec?.initContainers?.map(({ name, ports }) => [name, ports]),
    [['culvert-sidecar', [{ name: 'http', containerPort: 15900, protocol: 'TCP' }]]],
  );
  deepEqual(result.pod.spec?.containers[0]?.ports, [{ containerPort: 8080, protocol: 'TCP' }]);
});

test('A11: a redirect that was asked for is denied under baseline, and a warning says why and what to do', async () => {
  const metadata = { annotations: { 'culvert.dev/mode': 'Redirect' } };

  const result = await webhook.pods.create('plain', pod({ metadata }));
  const without = await webhook.pods.create('plain', pod());

  equal(result.status, 403);
  match(result.message, /culvert-redirect.*NET_ADMIN/);
  match(
    result.warnings.join('\n'),
    /enforces Pod Security level baseline, .* remove the annotation culvert.dev\/mode/,
  );
  deepEqual([without.status, isInjected(without.pod)], [201, true]);
});

test('a dry run is answered like any other request and notifies nobody', async () => {
  const earlier = webhook.notices.length;

  const result = await webhook.pods.create('shop', pod({ app: { ports: [] } }), { dryRun: true });

  match(result.warnings.join('\n'), /NoPorts/);
  equal(webhook.notices.length, earlier);
});

test('admissions are counted by decision and reason', async () => {
  await webhook.pods.create('shop', pod({ spec: { hostNetwork: true } }));

  const text = await webhook.registry.metrics();

  match(text, /culvert_operator_admissions_total\{decision="injected",reason="Redirect"\} [1-9]/);
  match(text, /culvert_operator_admissions_total\{decision="not_injected",reason="HostNetwork"\} [1-9]/);
});

test('A7: while the webhook is away pods pass under Ignore, and under Fail only opted-in ones wait', async () => {
  await webhook.injector.close();
  const underIgnore = await webhook.pods.create('shop', pod());
  await webhook.register('Fail');
  let optedIn = await webhook.pods.create('shop', pod());
  await becomesTrue(async () => (optedIn = await webhook.pods.create('shop', pod())).status !== 201, {
    timeoutMs: 30_000,
  });

  const others = await Promise.all([
    webhook.pods.create('quiet', pod()),
    webhook.pods.create(OPERATOR_NAMESPACE, pod({ metadata: { labels: LABELLED } })),
    webhook.pods.create('out', pod()),
    ...['quiet', 'shop', 'out'].flatMap((namespace) =>
      ['false', 'disabled'].map((label) =>
        webhook.pods.create(namespace, pod({ metadata: { labels: { 'culvert.dev/inject': label } } })),
      ),
    ),
  ]);

  deepEqual([underIgnore.status, isInjected(underIgnore.pod)], [201, false]);
  notEqual(optedIn.status, 201);
  match(optedIn.message, /namespaces\.inject\.culvert\.dev/);
  deepEqual(
    others.map(({ status }) => status),
    others.map(() => 201),
  );
});
