import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONFIG_KEY_ANNOTATION } from '@culvert/policy/names';
import { trimPod } from '../watch/trim-pod.ts';
import { viewOf, type PodView } from './pod-view.ts';

function view(key: string): PodView {
  const metadata = { name: 'a', namespace: 'shop', uid: 'a', annotations: { [CONFIG_KEY_ANNOTATION]: key } };
  const spec = { initContainers: [{ name: 'culvert-sidecar' }], containers: [{ name: 'application' }] };
  return viewOf(trimPod({ metadata, spec } as never));
}

test('a sidecar looks for its document where the annotation of its pod says', () => {
  assert.equal(
    view('workload.shop.Deployment.web.0a1b2c3d').configKey,
    'workload.shop.Deployment.web.0a1b2c3d',
  );
});

test('no annotation leads to a document of another namespace, or to what is no document', () => {
  for (const key of ['workload.bank.Deployment.web.0a1b2c3d', 'manifest.shop', 'workload.shop.>', '']) {
    const { configKey, expectedKey } = view(key);

    assert.equal(configKey, expectedKey);
    assert.match(expectedKey, /^workload\.shop\.Pod\.a\./);
  }
});
