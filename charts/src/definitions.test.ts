import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { KUBERNETES_VERSION } from '@culvert/demo/launcher/kubernetes-build';
import { root } from '@culvert/demo/launcher/root';
import { chart, runHelm, type Values } from './testing/helm.ts';
import { parseManifests, type Manifest } from './testing/manifests.ts';

async function definitions(values: Values): Promise<readonly Manifest[]> {
  const release = ['culvert-crds', chart('culvert-crds'), '--kube-version', KUBERNETES_VERSION];
  return parseManifests(await runHelm(['template', ...release, '--values', '-'], values));
}

test('the chart renders the definitions of crds/ word for word, with labels of the release', async () => {
  const rendered = await definitions({});

  const files = globSync('crds/*.yaml', { cwd: root }).sort();
  const sources = files.flatMap((file) => parseManifests(readFileSync(join(root, file), 'utf8')));
  assert.deepEqual(
    rendered.map((definition) => definition['spec'] as object),
    sources.map((definition) => definition['spec'] as object),
  );
  for (const { metadata } of rendered) {
    assert.equal(metadata.labels?.['app.kubernetes.io/instance'], 'culvert-crds');
    assert.equal(metadata.annotations?.['helm.sh/resource-policy'], 'keep');
  }
});

test('definitions go with the release only when the values say so', async () => {
  const rendered = await definitions({ keep: false });

  assert.notEqual(rendered.length, 0);
  for (const { metadata } of rendered) assert.equal(metadata.annotations, undefined);
  await assert.rejects(definitions({ kept: true }), /additional properties 'kept' not allowed/);
});
