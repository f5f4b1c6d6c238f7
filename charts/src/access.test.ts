import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COMBINATIONS, EMBEDDED, EXTERNAL } from './testing/combinations.ts';
import { render } from './testing/helm.ts';
import { find, ofKind, podOf, variable, type Manifest } from './testing/manifests.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

function rulesOf(manifests: readonly Manifest[]): readonly Rule[] {
  return [...ofKind(manifests, 'ClusterRole'), ...ofKind(manifests, 'Role')].flatMap(
    (role) => role['rules'] as readonly Rule[],
  );
}

for (const [name, values] of Object.entries(COMBINATIONS)) {
  test(`no role says “all”, and rights to Secrets are held to names: ${name}`, async () => {
    const rules = rulesOf(await render(values));

    for (const rule of rules) {
      assert.ok(![...rule.apiGroups, ...rule.resources, ...rule.verbs].includes('*'));
      if (rule.resources.includes('secrets')) assert.notEqual(rule.resourceNames?.length ?? 0, 0);
    }
    assert.ok(rules.some(({ resources }) => resources.includes('secrets')));
  });
}

test('the right to restart workloads is there only when it is wanted', async () => {
  const rights = async (enabled: boolean): Promise<boolean> =>
    rulesOf(await render({ ...EMBEDDED, operator: { rollouts: { enabled } } })).some(({ resources }) =>
      resources.includes('deployments'),
    );

  assert.deepEqual([await rights(true), await rights(false)], [true, false]);
});

test('pull Secrets of the values are read in the release’s namespace and copied under names of their own', async () => {
  const manifests = await render({ ...EMBEDDED, image: { pullSecrets: [{ name: 'registry' }] } });

  const operator = podOf(find(manifests, 'Deployment', 'culvert-operator'))?.spec.containers[0];
  const secretsOf = (kind: string, name: string): unknown =>
    (find(manifests, kind, name)['rules'] as readonly Rule[]).find(({ resources }) =>
      resources.includes('secrets'),
    )?.resourceNames;
  assert.equal(variable(operator, 'CULVERT_PULL_SECRETS'), 'registry');
  assert.deepEqual(secretsOf('ClusterRole', 'culvert-culvert-system-operator'), [
    'culvert-agent',
    'culvert-pull-registry',
  ]);
  assert.deepEqual(secretsOf('Role', 'culvert-operator'), ['registry']);
});

test('who may view or edit a namespace may view or edit its policies', async () => {
  const manifests = await render(EXTERNAL);

  const verbs = (name: string): readonly string[] =>
    (find(manifests, 'ClusterRole', `culvert-culvert-system-${name}`)['rules'] as readonly Rule[])[0]
      ?.verbs ?? [];
  const roles = (name: string): readonly string[] =>
    Object.keys(find(manifests, 'ClusterRole', `culvert-culvert-system-${name}`).metadata.labels ?? {})
      .filter((label) => label.startsWith('rbac.authorization.k8s.io/aggregate-to-'))
      .map((label) => label.split('-to-')[1] ?? '')
      .sort();
  assert.deepEqual(roles('viewer'), ['admin', 'edit', 'view']);
  assert.deepEqual(verbs('viewer'), ['get', 'list', 'watch']);
  assert.deepEqual(roles('editor'), ['admin', 'edit']);
  assert.deepEqual(verbs('editor'), ['create', 'update', 'patch', 'delete', 'deletecollection']);
});

test('NetworkPolicies let only Culvert’s parts and injected pods reach NATS, and only the orchestrator Postgres', async () => {
  const manifests = await render(EMBEDDED);

  const from = (name: string): unknown =>
    (
      find(manifests, 'NetworkPolicy', name)['spec'] as { ingress: readonly { from?: unknown }[] }
    ).ingress.map((rule) => rule.from);
  const release = { 'app.kubernetes.io/name': 'culvert', 'app.kubernetes.io/instance': 'culvert' };
  assert.deepEqual(from('culvert-postgres'), [
    [{ podSelector: { matchLabels: { ...release, 'culvert.dev/orchestrator': 'true' } } }],
  ]);
  assert.deepEqual(from('culvert-nats'), [
    [
      {
        podSelector: {
          matchLabels: release,
          matchExpressions: [
            {
              key: 'app.kubernetes.io/component',
              operator: 'In',
              values: ['operator', 'orchestrator', 'orchestrator-ingest', 'orchestrator-api', 'node'],
            },
          ],
        },
      },
      { namespaceSelector: {}, podSelector: { matchLabels: { 'culvert.dev/injected': 'true' } } },
    ],
  ]);
});

test('a NetworkPolicy stands before every pod of the release that listens, and none lets gRPC in', async () => {
  for (const split of [false, true]) {
    const manifests = await render({ ...EMBEDDED, orchestrator: { split } });

    const policies = ofKind(manifests, 'NetworkPolicy').map(
      (policy) =>
        policy['spec'] as { podSelector: { matchLabels: object }; ingress: { ports: { port: number }[] }[] },
    );
    const listening = manifests.filter(({ kind }) =>
      ['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind),
    );
    for (const manifest of listening) {
      const labels = podOf(manifest)?.metadata?.labels ?? {};
      const guarded = policies.some(({ podSelector }) =>
        Object.entries(podSelector.matchLabels).every(([key, value]) => labels[key] === value),
      );
      assert.ok(guarded, manifest.metadata.name);
    }
    const ports = policies.flatMap(({ ingress }) =>
      ingress.flatMap((rule) => rule.ports.map(({ port }) => port)),
    );
    assert.ok(!ports.includes(50_051));
  }
});

test('who may reach the API and the metrics is what the values say', async () => {
  const peers = [{ namespaceSelector: { matchLabels: { team: 'platform' } } }];

  const manifests = await render({ ...EMBEDDED, networkPolicies: { apiFrom: peers, metricsFrom: peers } });

  const { ingress } = find(manifests, 'NetworkPolicy', 'culvert-orchestrator')['spec'] as {
    ingress: { ports: { port: number }[]; from?: unknown }[];
  };
  const rule = (port: number): unknown => ingress.find(({ ports }) => ports[0]?.port === port)?.from;
  assert.deepEqual(rule(9090), peers);
  assert.deepEqual(rule(9464), peers);
});

test('the Job that makes Secrets may write those that it makes, and the Role is gone when it is done', async () => {
  const manifests = await render(EMBEDDED);

  const role = find(manifests, 'Role', 'culvert-init-secrets');
  const job = find(manifests, 'Job', 'culvert-init-secrets');
  const plan = JSON.parse(variable(podOf(job)?.spec.containers[0], 'CULVERT_INIT_SECRETS') ?? '') as {
    secrets: readonly { name: string }[];
  };
  assert.deepEqual(role['rules'], [
    {
      apiGroups: [''],
      resources: ['secrets'],
      resourceNames: plan.secrets.map(({ name }) => name),
      verbs: ['get', 'create', 'patch'],
    },
  ]);
  for (const { metadata } of manifests.filter(({ metadata }) => metadata.name === 'culvert-init-secrets')) {
    assert.equal(metadata.annotations?.['helm.sh/hook'], 'pre-install,pre-upgrade,pre-rollback');
    assert.equal(metadata.annotations['helm.sh/hook-delete-policy'], 'before-hook-creation,hook-succeeded');
  }
});
