import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRequestIdMinter, isUuid, lowestRequestId, requestIdTime } from './request-id.ts';

const AT = 1_790_000_000_123.5;

test('an id is a UUID of version 7 that tells its time', () => {
  const id = createRequestIdMinter()(AT);
  assert.ok(isUuid(id));
  assert.equal(id[14], '7');
  assert.match(id[19] ?? '', /[89ab]/);
  assert.equal(requestIdTime(id), 1_790_000_000_123);
});

test('ids of one millisecond sort by its fraction', () => {
  const mint = createRequestIdMinter();
  const ids = [0.001, 0.25, 0.5, 0.999].map((fraction) => mint(1_790_000_000_123 + fraction));
  assert.deepEqual(ids.toSorted(), ids);
});

test('a hundred thousand ids of one moment are all different', () => {
  const mint = createRequestIdMinter();
  assert.equal(new Set(Array.from({ length: 100_000 }, () => mint(AT))).size, 100_000);
});

test('the lowest id of a time sorts before every id of it and after those before', () => {
  const mint = createRequestIdMinter();
  const lowest = lowestRequestId(1_790_000_000_123);
  assert.ok(lowest <= mint(1_790_000_000_123));
  assert.ok(lowest > mint(1_790_000_000_122.999));
});

for (const text of [
  '',
  'x',
  '0198b0a0-0000-4000-8000-000000000000',
  '0198B0A0-0000-7000-8000-000000000000',
]) {
  test(`${JSON.stringify(text)} is no request id`, () => {
    assert.equal(requestIdTime(text), undefined);
  });
}
