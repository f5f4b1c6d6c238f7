import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COMBINATIONS, EMBEDDED, EXTERNAL, FOREIGN } from './testing/combinations.ts';
import { chart, render, renderText, runHelm } from './testing/helm.ts';
import { find, ofKind, podOf, variable } from './testing/manifests.ts';

for (const [name, values] of Object.entries({ ...COMBINATIONS, ...FOREIGN })) {
  test(`A15: rendering twice gives identical manifests, and none with a secret or a certificate: ${name}`, async () => {
    const [first, second] = await Promise.all([renderText(values), renderText(values)]);

    assert.equal(first, second);
    assert.doesNotMatch(first, /^kind: Secret$|PRIVATE KEY|BEGIN CERTIFICATE/m);
  });
}

test('both charts pass helm lint in its strict mode', async () => {
  const printed = await Promise.all([
    runHelm(['lint', '--strict', '--values', '-', chart('culvert')], EMBEDDED),
    runHelm(['lint', '--strict', chart('culvert-crds')]),
  ]);

  for (const text of printed) assert.match(text, /1 chart\(s\) linted, 0 chart\(s\) failed/);
});

test('split, each role has a Deployment of its own and the Service leads to the api', async () => {
  const manifests = await render({ ...EMBEDDED, orchestrator: { split: true } });

  const ingest = podOf(find(manifests, 'Deployment', 'culvert-orchestrator-ingest'));
  const api = podOf(find(manifests, 'Deployment', 'culvert-orchestrator-api'));
  const selector = (find(manifests, 'Service', 'culvert-orchestrator')['spec'] as { selector: object })
    .selector;
  assert.equal(variable(ingest?.spec.containers[0], 'CULVERT_ROLES'), 'ingest');
  assert.equal(variable(api?.spec.containers[0], 'CULVERT_ROLES'), 'api');
  assert.ok(isSubset(selector, api?.metadata?.labels));
  assert.ok(!isSubset(selector, ingest?.metadata?.labels));
});

test('the API is served under the names of its Service and those that the values add', async () => {
  const manifests = await render({ ...EMBEDDED, orchestrator: { allowedHosts: ['culvert.example.com'] } });

  const [container] = podOf(find(manifests, 'Deployment', 'culvert-orchestrator'))?.spec.containers ?? [];
  assert.deepEqual(variable(container, 'CULVERT_ALLOWED_HOSTS')?.split(','), [
    'culvert-orchestrator',
    'culvert-orchestrator.culvert-system',
    'culvert-orchestrator.culvert-system.svc',
    'culvert-orchestrator.culvert-system.svc.cluster.local',
    'culvert.example.com',
  ]);
});

test('credentials of NATS are put into each address, whichever kind they are of', async () => {
  const password = await render(EXTERNAL);
  const token = await render(COMBINATIONS['external with a token'] ?? {});

  const url = (manifests: Awaited<typeof password>): string | undefined =>
    variable(podOf(find(manifests, 'Deployment', 'culvert-orchestrator'))?.spec.containers[0], 'NATS_URL');
  assert.equal(url(password), 'nats://$(NATS_USER):$(NATS_PASSWORD)@nats.data.svc:4222');
  assert.equal(url(token), 'tls://$(NATS_TOKEN)@a:4222,tls://b:4222');
});

test('a variable of the values takes the place of the chart’s, and no container has one twice', async () => {
  const manifests = await render({ ...EMBEDDED, operator: { env: { CULVERT_LOG_LEVEL: 'debug', MORE: 1 } } });

  const containers = manifests.flatMap((manifest) => podOf(manifest)?.spec.containers ?? []);
  const [operator] = podOf(find(manifests, 'Deployment', 'culvert-operator'))?.spec.containers ?? [];
  assert.equal(variable(operator, 'CULVERT_LOG_LEVEL'), 'debug');
  assert.equal(variable(operator, 'MORE'), '1');
  for (const { env = [] } of containers) {
    const names = env.map(({ name }) => name);
    assert.deepEqual(names, [...new Set(names)]);
  }
});

test('only Secrets that the values don’t name are made at installation', async () => {
  const names = async (values: object): Promise<readonly string[]> => {
    const [job] = ofKind(await render({ ...values }), 'Job');
    const plan = variable(job && podOf(job)?.spec.containers[0], 'CULVERT_INIT_SECRETS');
    const { secrets } = JSON.parse(plan ?? '{"secrets": []}') as { secrets: { name: string }[] };
    return secrets.map(({ name }) => name);
  };

  assert.deepEqual(await names(EMBEDDED), [
    'culvert-nats',
    'culvert-postgres',
    'culvert-redaction',
    'culvert-graphql',
  ]);
  assert.deepEqual(await names(EXTERNAL), ['culvert-redaction', 'culvert-graphql']);
  assert.deepEqual(await names(COMBINATIONS['Secrets of one’s own'] ?? {}), []);
});

test('monitors and certificates of other operators are rendered when asked for and never else', async () => {
  const kinds = async (values: object): Promise<readonly string[]> =>
    (await render({ ...values })).map(({ apiVersion, kind }) => `${apiVersion.split('/')[0] ?? ''} ${kind}`);

  const monitors = await kinds(FOREIGN['monitors'] ?? {});
  const certManager = await kinds(FOREIGN['cert-manager'] ?? {});
  const usual = [...(await kinds(EMBEDDED)), ...(await kinds(EXTERNAL))];

  assert.ok(monitors.includes('monitoring.coreos.com ServiceMonitor'));
  assert.ok(monitors.includes('monitoring.coreos.com PodMonitor'));
  assert.ok(certManager.includes('cert-manager.io Certificate'));
  assert.ok(certManager.includes('cert-manager.io Issuer'));
  assert.deepEqual(
    usual.filter((kind) => /^(monitoring|cert-manager)/.test(kind)),
    [],
  );
});

test('images come from the registry and with the tag that the values say, sidecars’ too', async () => {
  const manifests = await render({
    ...EMBEDDED,
    image: { registry: 'registry.example.com/mirror', tag: '1.2' },
  });

  const images = manifests
    .flatMap((manifest) => podOf(manifest)?.spec.containers ?? [])
    .map(({ image }) => image);
  const [operator] = podOf(find(manifests, 'Deployment', 'culvert-operator'))?.spec.containers ?? [];
  assert.ok(images.every((image) => /^registry\.example\.com\/mirror\/culvert\/[a-z]+:1\.2$/.test(image)));
  assert.equal(
    variable(operator, 'CULVERT_SIDECAR_IMAGE'),
    'registry.example.com/mirror/culvert/sidecar:1.2',
  );
});

test('no pod of the orchestrator, of nodes or of embedded services holds credentials of the API server', async () => {
  const manifests = await render(EMBEDDED);

  const holding = manifests.filter(
    (manifest) => podOf(manifest)?.spec.automountServiceAccountToken !== false,
  );
  const pods = holding
    .filter((manifest) => podOf(manifest) !== undefined)
    .map(({ metadata }) => metadata.name);
  assert.deepEqual(pods.sort(), ['culvert-init-secrets', 'culvert-operator']);
});

function isSubset(part: object, whole: object = {}): boolean {
  const all = whole as Record<string, unknown>;
  return Object.entries(part).every(([key, value]) => all[key] === value);
}
