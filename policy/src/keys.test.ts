import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeKeyToken, isWorkloadKeyOf, manifestKey, workloadKey } from './keys.ts';
import { createRandom } from './testing/random.ts';

/** What nats-server takes as a key of a bucket. */
const KEY = /^[-/_=.A-Za-z0-9]+$/;

test('the key of a workload has a token for each part', () => {
  assert.equal(workloadKey('shop', 'Deployment/cart', '0a1b2c3d'), 'workload.shop.Deployment.cart.0a1b2c3d');
  assert.equal(manifestKey('shop'), 'manifest.shop');
});

test('dots and slashes in names make no tokens', () => {
  assert.equal(workloadKey('shop', 'Pod/a.b/c', 'x'), 'workload.shop.Pod.a=2Eb=2Fc.x');
});

test('names that differ have keys that differ, whatever they are made of', () => {
  const random = createRandom(3);
  const names = new Set(
    Array.from({ length: 2_000 }, () =>
      Array.from({ length: random.below(5) }, () =>
        random.pick(['a', '.', '=', '*', '>', 'ü', '2E', ' ']),
      ).join(''),
    ),
  );

  const tokens = [...names].map(encodeKeyToken);

  assert.equal(new Set(tokens).size, names.size);
  for (const token of tokens) {
    assert.match(token, KEY);
    assert.ok(!token.includes('.'));
  }
});

test('a key belongs to a workload of one namespace only', () => {
  const key = workloadKey('shop', 'Deployment/web', '0a1b2c3d');

  assert.equal(isWorkloadKeyOf('shop', key), true);
  assert.equal(isWorkloadKeyOf('sho', key), false);
  assert.equal(isWorkloadKeyOf('bank', key), false);
  assert.equal(isWorkloadKeyOf('shop', manifestKey('shop')), false);
  assert.equal(isWorkloadKeyOf('shop', 'workload.shop.Deployment.web.>'), false);
  assert.equal(isWorkloadKeyOf('shop', 'workload.shop.Deployment.web'), false);
});
