import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decideKeptSince } from './decide.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 5, 1, 0);
const LIMITS = { retentionMs: 72 * HOUR, retentionBytes: 1_000 };

/** Hours of a hundred bytes, by their number since the start. */
function hours(...numbers: number[]): { hour: number; bytes: number }[] {
  return numbers.map((number) => ({ hour: START + number * HOUR, bytes: 100 }));
}

function decide(
  kept: readonly { hour: number; bytes: number }[],
  nowHours: number,
  since = -1_000,
  limits = LIMITS,
) {
  return (decideKeptSince(kept, limits, START + nowHours * HOUR, START + since * HOUR) - START) / HOUR;
}

test('an hour goes when all of it is too old, not before', () => {
  assert.equal(decide([], 72), 0);
  assert.equal(decide([], 72.99), 0);
  assert.equal(decide([], 73), 1);
});

test('the oldest hours go until the rest is small enough, whatever is missing between them', () => {
  assert.equal(decide(hours(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), 10), -62);
  assert.equal(decide(hours(11, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1), 11), 2);
  assert.equal(decide(hours(1, 3, 7, 11, 12, 13, 14, 15, 16, 17, 18, 19), 19), 7);
});

test('the running hour and those to come stay, however large', () => {
  const large = [
    ...hours(1, 2),
    { hour: START + 3 * HOUR, bytes: 5_000 },
    { hour: START + 4 * HOUR, bytes: 5_000 },
  ];

  assert.equal(decide(large, 3.5), 3);
  assert.equal(decide(large.slice(2), 3.5), -69);
});

test('age comes first, and what is too old does not count for the size', () => {
  const tooOld = [{ hour: START, bytes: 9_999 }, ...hours(10, 11)];

  assert.equal(decide(tooOld, 80), 8);
});

test('what has gone never comes back, though a clock or a limit does', () => {
  assert.equal(decide([], 10, 5), 5);
  assert.equal(decide(hours(1, 2, 3), 10, 5), 5);
});
