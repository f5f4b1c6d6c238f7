import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selects } from './select-pods.ts';
import { policyOf } from './testing/policies.ts';

const POD = { app: 'cart', tier: 'front', empty: '' };

function verdict(selector: unknown, labels: Readonly<Record<string, string>> = POD): boolean {
  return selects(policyOf({ selector }), labels);
}

test('an empty selector selects every pod', () => {
  assert.ok(verdict({}));
  assert.ok(verdict({ matchLabels: {}, matchExpressions: [] }, {}));
});

test('matchLabels must all be there with these values', () => {
  assert.ok(verdict({ matchLabels: { app: 'cart', empty: '' } }));
  assert.ok(!verdict({ matchLabels: { app: 'cart', tier: 'back' } }));
  assert.ok(!verdict({ matchLabels: { missing: '' } }));
});

test('expressions hold as Kubernetes says, also about labels that are missing', () => {
  const about = (key: string, operator: string, values?: readonly string[]): boolean =>
    verdict({ matchExpressions: [{ key, operator, ...(values && { values }) }] });

  assert.ok(about('app', 'In', ['till', 'cart']));
  assert.ok(!about('app', 'In', ['till']));
  assert.ok(!about('missing', 'In', ['cart']));
  assert.ok(about('app', 'NotIn', ['till']));
  assert.ok(!about('app', 'NotIn', ['cart']));
  assert.ok(about('missing', 'NotIn', ['cart']));
  assert.ok(about('empty', 'Exists'));
  assert.ok(!about('missing', 'Exists'));
  assert.ok(about('missing', 'DoesNotExist'));
  assert.ok(!about('empty', 'DoesNotExist'));
});

test('labels and expressions must both hold', () => {
  const selector = { matchLabels: { app: 'cart' }, matchExpressions: [{ key: 'tier', operator: 'Exists' }] };

  assert.ok(verdict(selector));
  assert.ok(!verdict(selector, { app: 'cart' }));
  assert.ok(!verdict(selector, { tier: 'front' }));
});

test('keys that objects inherit are no labels', () => {
  assert.ok(!verdict({ matchExpressions: [{ key: 'constructor', operator: 'Exists' }] }));
  assert.ok(verdict({ matchExpressions: [{ key: 'toString', operator: 'DoesNotExist' }] }));
});
