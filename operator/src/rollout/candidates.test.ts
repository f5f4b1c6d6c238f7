import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CapturePolicy } from '@culvert/crds/capture-policy';
import type { PodCoverage } from '../reconcile/coverage.ts';
import { viewOf } from '../reconcile/pod-view.ts';
import { trimPod } from '../watch/trim-pod.ts';
import { candidatesFor } from './rollout.ts';
import { RESTARTED_AT, RESTARTED_FOR } from './workload-state.ts';

const RESTARTED = '2026-01-01T12:00:00Z';
const POLICY = {
  metadata: { name: 'all', namespace: 'shop' },
  spec: { selector: {}, rolloutPolicy: 'RollingUpdate' },
} as unknown as CapturePolicy;

/** A bare pod of a workload whose template was restarted for a sidecar. */
function bare(creationTimestamp: string): PodCoverage {
  const annotations = { [RESTARTED_AT]: RESTARTED, [RESTARTED_FOR]: 'sidecar' };
  const metadata = {
    ...{ name: 'a-1', namespace: 'shop', uid: 'a-1', creationTimestamp, annotations },
    ownerReferences: [{ kind: 'StatefulSet', name: 'a', controller: true }],
  };
  const view = viewOf(trimPod({ metadata, spec: { containers: [{ name: 'application' }] } } as never));
  return { view, injected: false, gap: undefined, restartFor: 'sidecar' };
}

test('a pod that a restart made and that still needs it says that the restart was in vain', () => {
  const [candidate] = candidatesFor([POLICY], [bare('2026-01-01T12:03:00Z')]);

  assert.equal(candidate?.restartedInVainMs, Date.parse(RESTARTED));
});

test('a pod that was made bare in a later outage of the webhook is healed by another restart', () => {
  const [candidate] = candidatesFor([POLICY], [bare('2026-01-20T08:00:00Z')]);

  assert.deepEqual(candidate, {
    workload: 'StatefulSet/a',
    restartFor: 'sidecar',
    pods: 1,
    restartedInVainMs: undefined,
  });
});
