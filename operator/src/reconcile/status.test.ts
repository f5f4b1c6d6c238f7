import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CapturePolicy } from '@culvert/crds/capture-policy';
import { trimPod } from '../watch/trim-pod.ts';
import type { PodCoverage } from './coverage.ts';
import { viewOf } from './pod-view.ts';
import type { JudgedPolicy } from './policy-book.ts';
import { planStatus, type StatusInput } from './status.ts';

const NOW = '2026-01-02T00:00:00Z';
const BEFORE = '2026-01-01T00:00:00Z';

function policy(changes: Partial<JudgedPolicy> = {}, spec: object = {}): JudgedPolicy {
  const metadata = { name: 'all', namespace: 'shop', uid: 'u', generation: 2, creationTimestamp: BEFORE };
  const inForce = { metadata, spec: { selector: {}, ...spec } } as unknown as CapturePolicy;
  const kept = {
    apiVersion: 'culvert.dev/v1alpha1',
    kind: 'CapturePolicy',
    metadata,
    spec,
    status: undefined,
  };
  return { kept, problems: [], inForce, unreadable: undefined, ...changes };
}

function pod(name: string, changes: Partial<PodCoverage> = {}): PodCoverage {
  const spec = { containers: [{ name: 'application', ports: [{ name: 'web', containerPort: 8080 }] }] };
  const view = viewOf(trimPod({ metadata: { name, namespace: 'shop', uid: name }, spec } as never));
  return { view, injected: true, gap: undefined, restartFor: undefined, ...changes };
}

function input(changes: Partial<StatusInput> = {}): StatusInput {
  return {
    policy: policy(),
    before: {},
    pods: [],
    problems: [],
    notDistributed: undefined,
    heardAll: true,
    rollout: undefined,
    now: NOW,
    ...changes,
  };
}

function conditions(changes: Partial<StatusInput>): Record<string, string> {
  const { conditions: found = [] } = planStatus(input(changes));
  return Object.fromEntries(found.map(({ type, status, reason }) => [type, `${status} ${reason}`]));
}

const OUTDATED = { gap: { reason: 'Outdated', message: 'not heard yet' } };

test('a policy whose pods are all captured as written is ready', () => {
  const found = conditions({ pods: [pod('a'), pod('b')] });

  assert.deepEqual(found, {
    Accepted: 'True Accepted',
    ResolvedRefs: 'True ResolvedRefs',
    Injected: 'True AllInjected',
    Ready: 'True Ready',
  });
});

test('a policy that selects no pod is ready, and says why nothing is captured', () => {
  const found = conditions({});

  assert.deepEqual([found['Injected'], found['Ready']], ['True NoPods', 'True NoMatchingPods']);
});

test('A7: pods that were made while the webhook was away show Injected=False with the commonest reason and a count', () => {
  const missed = { injected: false, gap: { reason: 'NotInjected', message: 'restart it' } };
  const host = { injected: false, gap: { reason: 'HostNetwork', message: 'remove hostNetwork' } };
  const pods = [pod('b', missed), pod('a', missed), pod('c', host), pod('d')];

  const status = planStatus(input({ pods }));

  assert.deepEqual([status.matchedPods, status.injectedPods, status.upToDatePods], [4, 1, 1]);
  const injected = status.conditions?.find(({ type }) => type === 'Injected');
  assert.deepEqual([injected?.status, injected?.reason], ['False', 'NotInjected']);
  assert.equal(injected?.message, '2 pods (such as a): restart it');
  assert.deepEqual(
    status.uncovered?.map(({ reason, pods: count }) => [reason, count]),
    [
      ['NotInjected', 2],
      ['HostNetwork', 1],
    ],
  );
});

test('an invalid policy is not accepted, and that it is not ready has the same reason', () => {
  const found = conditions({ policy: policy({ problems: ['spec.sampling.percent must be at most 100'] }) });

  assert.deepEqual([found['Accepted'], found['Ready']], ['False Invalid', 'False Invalid']);
});

test('a policy that cannot be read counts the pods that it may select, and says that none of them is captured', () => {
  const unreadable = { metadata: policy().kept.metadata as never, selector: undefined };
  const gap = { reason: 'PolicyUnreadable', message: 'nothing of the pod is captured' };
  const broken = policy({
    problems: ['spec.redaction.jsonPaths is unknown'],
    inForce: undefined,
    unreadable,
  });

  const status = planStatus(input({ policy: broken, pods: [pod('a', { gap })] }));

  assert.equal(status.matchedPods, 1);
  assert.equal(status.uncovered?.[0]?.reason, 'PolicyUnreadable');
  const accepted = status.conditions?.find(({ type }) => type === 'Accepted');
  assert.match(
    accepted?.message ?? '',
    /jsonPaths is unknown; until this is mended, no pod of this namespace is captured/,
  );
});

test('documents that are not in the bucket keep a policy from being ready', () => {
  const found = conditions({ pods: [pod('a')], notDistributed: 'NATS is away' });

  assert.equal(found['Ready'], 'False ConfigNotDistributed');
});

test('a condition keeps its time until its status changes', () => {
  const first = planStatus(input({ pods: [pod('a')], now: BEFORE }));

  const second = planStatus(input({ pods: [pod('a', OUTDATED)], before: first }));

  const times = Object.fromEntries(
    (second.conditions ?? []).map(({ type, lastTransitionTime }) => [type, lastTransitionTime]),
  );
  assert.deepEqual([times['Accepted'], times['Ready']], [BEFORE, NOW]);
});

test('after a restart of the operator silence of a sidecar counts for nothing until all could be heard', () => {
  const before = planStatus(input({ pods: [pod('a'), pod('b')] }));
  const pods = [pod('a', OUTDATED), pod('b', OUTDATED)];

  const early = planStatus(input({ pods, before, heardAll: false }));
  const late = planStatus(input({ pods, before, heardAll: true }));

  assert.deepEqual([early.upToDatePods, late.upToDatePods], [2, 0]);
  assert.deepEqual(early.conditions?.at(-1)?.reason, 'Ready');
  assert.deepEqual(late.conditions?.at(-1)?.reason, 'Outdated');
});

test('what restarts come to is a condition of policies that ask for them, and of no other', () => {
  const rollout = { status: 'False', reason: 'RollingOut', message: 'restarts a' } as const;

  const asked = conditions({ policy: policy({}, { rolloutPolicy: 'RollingUpdate' }), rollout });
  const other = conditions({ rollout });

  assert.deepEqual([asked['RolledOut'], other['RolledOut']], ['False RollingOut', undefined]);
});
