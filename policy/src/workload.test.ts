import assert from 'node:assert/strict';
import { test } from 'node:test';
import { variantOf, workloadOf } from './workload.ts';

function owned(kind: string, name: string, labels: Readonly<Record<string, string>> = {}): string {
  return workloadOf({
    generateName: `${name}-`,
    labels,
    ownerReferences: [{ kind, name, controller: true }],
  });
}

test('a ReplicaSet with a hash belongs to the Deployment or Rollout that gave it', () => {
  assert.equal(owned('ReplicaSet', 'cart-7d4b9c', { 'pod-template-hash': '7d4b9c' }), 'Deployment/cart');
  assert.equal(
    owned('ReplicaSet', 'cart-v2-7d4b9c', { 'rollouts-pod-template-hash': '7d4b9c' }),
    'Rollout/cart-v2',
  );
});

test('a ReplicaSet without a hash in its name is its own', () => {
  assert.equal(owned('ReplicaSet', 'cart'), 'ReplicaSet/cart');
  assert.equal(owned('ReplicaSet', 'cart-abc', { 'pod-template-hash': 'xyz' }), 'ReplicaSet/cart-abc');
  assert.equal(owned('ReplicaSet', '-abc', { 'pod-template-hash': 'abc' }), 'ReplicaSet/-abc');
});

test('a Job with a scheduled minute belongs to its CronJob', () => {
  assert.equal(owned('Job', 'report-29384950'), 'CronJob/report');
  assert.equal(owned('Job', 'nightly-report-29384950'), 'CronJob/nightly-report');
  assert.equal(owned('Job', 'import-2026'), 'Job/import-2026');
  assert.equal(owned('Job', 'import'), 'Job/import');
});

test('a Job with a date or another number in its name belongs to itself', () => {
  for (const name of ['import-20261130', 'import-19991231', 'import-00000001', 'import-202611301530'])
    assert.equal(owned('Job', name), `Job/${name}`);
});

test('other controllers are named as they are', () => {
  assert.equal(owned('StatefulSet', 'db'), 'StatefulSet/db');
  assert.equal(owned('DaemonSet', 'agent'), 'DaemonSet/agent');
});

test('the controller counts among several owners', () => {
  const ownerReferences = [
    { kind: 'ConfigMap', name: 'a' },
    { kind: 'StatefulSet', name: 'db', controller: true },
  ];

  assert.equal(workloadOf({ name: 'db-0', ownerReferences }), 'StatefulSet/db');
});

test('a pod of its own goes by its name, or by how its name will begin', () => {
  assert.equal(workloadOf({ name: 'shell' }), 'Pod/shell');
  assert.equal(workloadOf({ generateName: 'shell-' }), 'Pod/shell');
  assert.equal(workloadOf({ name: '', generateName: 'shell-', ownerReferences: [] }), 'Pod/shell');
});

test('labels that controllers give each pod make no variant', () => {
  const template = { app: 'cart', version: '2' };
  const given = {
    'pod-template-hash': 'a',
    'rollouts-pod-template-hash': 'a',
    'controller-revision-hash': 'b',
    'pod-template-generation': '3',
    'statefulset.kubernetes.io/pod-name': 'cart-0',
    'apps.kubernetes.io/pod-index': '0',
    'job-name': 'cart',
    'controller-uid': 'c',
    'batch.kubernetes.io/job-name': 'cart',
    'culvert.dev/injected': 'true',
  };

  assert.equal(variantOf({ ...given, ...template }), variantOf(template));
  assert.match(variantOf(template), /^[0-9a-f]{8}$/);
});

test('other labels make variants, in whatever order they stand', () => {
  assert.notEqual(variantOf({ app: 'cart' }), variantOf({ app: 'till' }));
  assert.notEqual(variantOf({ app: 'cart' }), variantOf({ app: 'cart', extra: '' }));
  assert.notEqual(variantOf({ a: 'b,c' }), variantOf({ a: 'b', c: '' }));
  assert.equal(variantOf({ a: '1', b: '2' }), variantOf({ b: '2', a: '1' }));
});
