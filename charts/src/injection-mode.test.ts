import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMBEDDED } from './testing/combinations.ts';
import { renderText, type Values } from './testing/helm.ts';
import { find, parseManifests, podOf, variable } from './testing/manifests.ts';

async function modeOn(kubernetes: string, injection: Values = {}): Promise<unknown> {
  const text = await renderText({ ...EMBEDDED, injection }, ['--kube-version', kubernetes]);
  const pod = podOf(find(parseManifests(text), 'Deployment', 'culvert-operator'));
  return variable(pod?.spec.containers[0], 'CULVERT_INJECTION_MODE');
}

test('A11: what Auto means is found out in the cluster: rendering depends on no version of Kubernetes', async () => {
  const modes = await Promise.all(
    ['v1.29.0', 'v1.31.9', 'v1.32.0', 'v1.34.4-gke.1'].map((one) => modeOn(one)),
  );

  assert.deepEqual(modes, ['auto', 'auto', 'auto', 'auto']);
});

test('a mode that the values name is taken as it is', async () => {
  const modes = await Promise.all([
    modeOn('v1.29.0', { mode: 'NamedPorts' }),
    modeOn('v1.34.4', { mode: 'Redirect' }),
  ]);

  assert.deepEqual(modes, ['NamedPorts', 'Redirect']);
});
