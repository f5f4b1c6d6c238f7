import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decideLease, observe, type LeaseSpec } from './decide.ts';

const TIME = '2026-01-01T00:00:00.000000Z';
const other: LeaseSpec = {
  holderIdentity: 'other',
  leaseDurationSeconds: 15,
  acquireTime: TIME,
  renewTime: TIME,
  leaseTransitions: 3,
};

test('a candidate takes a lease that does not exist', () => {
  const decision = decideLease(undefined, observe(undefined, undefined, 0), 'me', 15, 0, TIME);

  assert.deepEqual(decision, {
    act: 'acquire',
    spec: {
      holderIdentity: 'me',
      leaseDurationSeconds: 15,
      acquireTime: TIME,
      renewTime: TIME,
      leaseTransitions: 0,
    },
  });
});

test('a candidate waits until a held lease has not changed for its whole duration by its own clock', () => {
  const observed = observe(undefined, other, 1_000);

  assert.equal(decideLease(other, observed, 'me', 15, 15_999, TIME).act, 'wait');
  const decision = decideLease(other, observed, 'me', 15, 16_000, TIME);

  assert.equal(decision.act, 'acquire');
  assert.equal(decision.act === 'acquire' && decision.spec.leaseTransitions, 4);
});

test('a renewal by the holder moves the observation, an unchanged record does not', () => {
  const first = observe(undefined, other, 1_000);
  const same = observe(first, { ...other }, 9_000);
  const renewed = observe(same, { ...other, renewTime: '2026-01-01T00:00:02.000000Z' }, 9_000);

  assert.equal(same.atMs, 1_000);
  assert.equal(renewed.atMs, 9_000);
});

test('a lease that was released is taken at once', () => {
  const released = { ...other, holderIdentity: '' };

  assert.equal(decideLease(released, observe(undefined, released, 0), 'me', 15, 0, TIME).act, 'acquire');
});

test('the holder renews and keeps when it acquired the lease', () => {
  const mine = { ...other, holderIdentity: 'me' };
  const decision = decideLease(mine, observe(undefined, mine, 0), 'me', 15, 5, '2026-01-01T00:00:09.000000Z');

  assert.deepEqual(decision, {
    act: 'renew',
    spec: { ...mine, renewTime: '2026-01-01T00:00:09.000000Z' },
  });
});
