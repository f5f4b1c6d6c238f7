import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COMBINATIONS, EMBEDDED, EXTERNAL, FOREIGN } from './testing/combinations.ts';
import { render, type Values } from './testing/helm.ts';
import { find, ofKind, podOf, variable, type Manifest } from './testing/manifests.ts';

interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

interface Entry {
  readonly name: string;
  readonly namespaceSelector: { readonly matchExpressions: readonly Expression[] };
  readonly objectSelector: { readonly matchExpressions: readonly Expression[] };
  readonly clientConfig: { readonly caBundle?: string; readonly service: object };
  readonly failurePolicy: string;
}

async function configuration(values: Values): Promise<{ manifest: Manifest; entries: readonly Entry[] }> {
  const [manifest] = ofKind(await render(values), 'MutatingWebhookConfiguration');
  assert.ok(manifest);
  return { manifest, entries: manifest['webhooks'] as readonly Entry[] };
}

test('A6: any value of the label but those that opt out brings a pod to the webhook, and to one of its two entries', async () => {
  const { entries } = await configuration(EMBEDDED);

  const asked = entries.map(({ name, namespaceSelector, objectSelector }) => {
    const asks = (expressions: readonly Expression[]): readonly string[] =>
      expressions
        .filter(({ key }) => key === 'culvert.dev/inject')
        .map(({ operator, values = [] }) => [operator, ...values].join(' '));
    return [name, asks(namespaceSelector.matchExpressions), asks(objectSelector.matchExpressions)];
  });
  assert.deepEqual(asked, [
    ['namespaces.inject.culvert.dev', ['Exists', 'NotIn disabled'], ['DoesNotExist']],
    ['pods.inject.culvert.dev', [], ['Exists', 'NotIn false disabled']],
  ]);
});

test('A5: kube-system, the release’s own namespace and those that the values name never match', async () => {
  const { entries } = await configuration({ ...EMBEDDED, webhook: { excludedNamespaces: ['kube-public'] } });

  for (const { namespaceSelector } of entries) {
    const excluded = namespaceSelector.matchExpressions.find(
      ({ key, operator }) => key === 'kubernetes.io/metadata.name' && operator === 'NotIn',
    );
    assert.deepEqual(excluded?.values, ['kube-system', 'culvert-system', 'kube-public']);
  }
});

test('A7: the webhook fails open unless the values say otherwise', async () => {
  const usual = await configuration(EMBEDDED);
  const strict = await configuration({ ...EMBEDDED, webhook: { failurePolicy: 'Fail' } });

  assert.deepEqual(
    usual.entries.map(({ failurePolicy }) => failurePolicy),
    ['Ignore', 'Ignore'],
  );
  assert.deepEqual(
    strict.entries.map(({ failurePolicy }) => failurePolicy),
    ['Fail', 'Fail'],
  );
});

test('A15: no authority is rendered for managed certificates or cert-manager’s, so that upgrades keep what is there', async () => {
  const managed = await configuration(EXTERNAL);
  const certManager = await configuration(FOREIGN['cert-manager'] ?? {});
  const supplied = await configuration(COMBINATIONS['a supplied certificate'] ?? {});

  const bundles = ({ entries }: typeof managed): unknown[] =>
    entries.map(({ clientConfig }) => clientConfig.caBundle);
  assert.deepEqual(bundles(managed), [undefined, undefined]);
  assert.deepEqual(bundles(certManager), [undefined, undefined]);
  assert.deepEqual(bundles(supplied), ['Y2VydGlmaWNhdGU=', 'Y2VydGlmaWNhdGU=']);
  assert.equal(
    certManager.manifest.metadata.annotations?.['cert-manager.io/inject-ca-from'],
    'culvert-system/culvert-webhook-tls',
  );
});

test('the operator makes certificates itself, or reads those of cert-manager or the values', async () => {
  const certificates = async (values: Values): Promise<readonly unknown[]> => {
    const manifests = await render(values);
    const pod = podOf(find(manifests, 'Deployment', 'culvert-operator'));
    const [container] = pod?.spec.containers ?? [];
    const volume = pod?.spec.volumes?.find(({ name }) => name === 'certificates') as
      { secret?: { secretName?: string } } | undefined;
    return [
      variable(container, 'CULVERT_CERTIFICATES'),
      variable(container, 'CULVERT_PATCH_CA_BUNDLE'),
      volume?.secret?.secretName,
    ];
  };

  assert.deepEqual(await certificates(EXTERNAL), ['managed', undefined, undefined]);
  assert.deepEqual(await certificates(FOREIGN['cert-manager'] ?? {}), ['files', '0', 'culvert-webhook-tls']);
  assert.deepEqual(await certificates(COMBINATIONS['a supplied certificate'] ?? {}), [
    'files',
    '0',
    'my-certificate',
  ]);
});

test('the webhook’s configuration, its Service and the names in certificates agree', async () => {
  const manifests = await render({ ...(FOREIGN['cert-manager'] ?? {}), fullnameOverride: 'traffic' });

  const { metadata, webhooks } = ofKind(manifests, 'MutatingWebhookConfiguration')[0] as Manifest & {
    readonly webhooks: readonly Entry[];
  };
  const [operator] = podOf(find(manifests, 'Deployment', 'traffic-operator'))?.spec.containers ?? [];
  const [certificate] = ofKind(manifests, 'Certificate');
  const name = 'traffic-operator.culvert-system.svc';
  assert.deepEqual(webhooks[0]?.clientConfig.service, {
    name: 'traffic-operator',
    namespace: 'culvert-system',
    path: '/inject',
    port: 443,
  });
  assert.equal(variable(operator, 'CULVERT_WEBHOOK_SERVICE'), name);
  assert.equal(variable(operator, 'CULVERT_WEBHOOK_CONFIGURATION'), metadata.name);
  assert.ok((certificate?.['spec'] as { dnsNames: readonly string[] }).dnsNames.includes(name));
});
