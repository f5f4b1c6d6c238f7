import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONFIG_KEY_ANNOTATION } from '@culvert/policy/names';
import { workloadKey } from '@culvert/policy/keys';
import { variantOf } from '@culvert/policy/workload';
import { createStore } from '../watch/store.ts';
import { trimPod } from '../watch/trim-pod.ts';
import { trimPolicy, type KeptPolicy } from '../watch/trim-policy.ts';
import { coverPods, type PodCoverage } from './coverage.ts';
import { planDocuments } from './documents.ts';
import type { NamespaceFacts } from './facts.ts';
import { viewOf, type PodView } from './pod-view.ts';
import { createPolicyBook, type JudgedPolicy } from './policy-book.ts';

const MADE_WITH = { app: 'db' };
const KEY = workloadKey('shop', 'StatefulSet/db', variantOf(MADE_WITH));

/** A pod that was injected with the labels of its template and has these now. */
function pod(name: string, labels: Readonly<Record<string, string>> = MADE_WITH): PodView {
  const metadata = {
    ...{ name, namespace: 'shop', uid: name, labels, annotations: { [CONFIG_KEY_ANNOTATION]: KEY } },
    ownerReferences: [{ kind: 'StatefulSet', name: 'db', controller: true }],
  };
  const spec = {
    initContainers: [{ name: 'culvert-sidecar', env: [{ name: 'CULVERT_CAPTURE', value: '' }] }],
    containers: [{ name: 'application' }],
  };
  return viewOf(trimPod({ metadata, spec } as never));
}

function policy(name: string, spec: object): JudgedPolicy {
  const metadata = {
    name,
    namespace: 'shop',
    uid: name,
    generation: 1,
    creationTimestamp: '2026-01-01T00:00:00Z',
  };
  return createPolicyBook(createStore<KeptPolicy>()).judge(trimPolicy({ metadata, spec } as never));
}

/** Every sidecar runs what its key holds. */
function cover(pods: readonly PodView[], policies: readonly JudgedPolicy[]): readonly PodCoverage[] {
  const facts: NamespaceFacts = {
    ...{ namespace: 'shop', labels: { 'culvert.dev/inject': 'enabled' }, ends: false },
    ...{ policies, pods, services: [], bucket: new Map(), manifest: {} },
    ...{
      revisionOf: () => plan.documents.get(KEY)?.revision,
      protectedNamespaces: [],
      mode: 'auto',
    },
  };
  const plan = planDocuments(facts);
  return coverPods(facts, plan);
}

test('a label that no policy looks at changes nothing, whichever pod has it', () => {
  const everything = policy('all', { rolloutPolicy: 'RollingUpdate' });

  for (const role of ['db-0', 'db-1']) {
    const pods = ['db-0', 'db-1'].map((name) =>
      pod(name, name === role ? { ...MADE_WITH, role: 'primary' } : MADE_WITH),
    );
    for (const { gap, restartFor } of cover(pods, [everything])) {
      assert.equal(gap, undefined);
      assert.equal(restartFor, undefined);
    }
  }
});

test('a label that changes which policies select a pod is told, and the operator restarts nothing for it', () => {
  const everything = policy('all', { rolloutPolicy: 'RollingUpdate' });
  const careful = policy('careful', {
    selector: { matchLabels: { role: 'primary' } },
    redaction: { headers: ['x-customer'] },
  });

  const [replica, primary] = cover(
    [pod('db-0'), pod('db-1', { ...MADE_WITH, role: 'primary' })],
    [everything, careful],
  );

  assert.equal(replica?.gap, undefined);
  assert.equal(primary?.gap?.reason, 'RestartRequired');
  assert.equal(primary?.restartFor, undefined);
});

test('a pod that a policy may select which cannot be read is not captured, and no restart would help', () => {
  const [covered] = cover([pod('db-0')], [policy('ahead', { redaction: { jsonPaths: ['$.card'] } })]);

  assert.equal(covered?.gap?.reason, 'PolicyUnreadable');
  assert.match(covered?.gap?.message ?? '', /shop\/ahead/);
  assert.equal(covered?.restartFor, undefined);
});
