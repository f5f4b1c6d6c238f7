import assert from 'node:assert/strict';
import test from 'node:test';
import { median, range } from './statistics.ts';

test('the median is the middle value, or the mean of the two in the middle', () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.ok(Number.isNaN(median([])));
});

test('the range is the smallest and the largest value', () => {
  assert.deepEqual(range([3, 1, 2]), [1, 3]);
});
