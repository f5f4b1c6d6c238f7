import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  encodeKeyToken,
  isKeyOf,
  isWorkloadKeyOf,
  manifestKey,
  namespaceOfKey,
  workloadKey,
  workloadOfKey,
} from './keys.ts';
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

test('a key says which namespace and which workload it belongs to, whatever their names are made of', () => {
  for (const namespace of ['shop', 'a.b', 'ü', 'a=2E', '']) {
    const key = workloadKey(namespace, 'Deployment/a.b=c', '0a1b2c3d');

    assert.equal(namespaceOfKey(key), namespace, key);
    assert.equal(workloadOfKey(key), 'Deployment/a.b=c', key);
    assert.equal(isKeyOf(namespace, key), true, key);
    assert.equal(isKeyOf('bank', key), false, key);
  }
});

test('a key that people chose is of the namespace that it names, and of no workload', () => {
  assert.equal(isKeyOf('shop', 'workload.shop.cart'), true);
  assert.equal(namespaceOfKey('workload.shop.cart'), 'shop');
  assert.equal(workloadOfKey('workload.shop.cart'), undefined);
  for (const key of ['', 'cart', 'workload', 'workload.shop', 'workload.shop.', 'workload.shop..cart'])
    assert.deepEqual([isKeyOf('shop', key), namespaceOfKey(key)], [false, undefined], key);
  for (const key of [
    'manifest.shop',
    'endpoint.shop.a',
    'workload.shopping.cart',
    'workload.shop.*',
    'workload.sh=6Fp.cart',
  ])
    assert.equal(isKeyOf('shop', key), false, key);
});
