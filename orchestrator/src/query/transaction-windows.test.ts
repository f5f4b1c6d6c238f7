import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lowestRequestId } from '@culvert/traffic/request-id';
import { firstWindow, nextWindow, timeOfId, type Window } from './transaction-windows.ts';

const HOUR_MS = 3_600_000;
const NOW = Date.UTC(2026, 0, 31, 10, 30);
const HOUR = Date.UTC(2026, 0, 31, 10);
const ALL: Window = { from: undefined, before: undefined };
/** Two hours ahead and seventy back. */
const STARTS = Array.from({ length: 73 }, (_, n) => lowestRequestId(HOUR + (2 - n) * HOUR_MS));

function hours(window: Window | undefined): readonly (number | undefined)[] | undefined {
  const hour = (id: string | undefined): number | undefined =>
    id === undefined ? undefined : (timeOfId(id) - HOUR) / HOUR_MS;
  return window && [hour(window.from), hour(window.before)];
}

test('the first window is the running hour with the one before, and all that clocks ahead may have made', () => {
  assert.deepEqual(hours(firstWindow(ALL, NOW)), [-1, undefined]);
});

test('below a cursor the first window is its hour with the one before', () => {
  const before = lowestRequestId(HOUR - 9.5 * HOUR_MS);

  assert.deepEqual(hours(firstWindow({ from: undefined, before }, NOW)), [-11, -9.5]);
});

test('the first window of a time to come begins before now all the same', () => {
  const before = lowestRequestId(NOW + 1_000 * HOUR_MS);

  assert.deepEqual(hours(firstWindow({ from: undefined, before }, NOW)), [-1, 1_000.5]);
});

test('no window reaches below the lower bound, where the last one ends', () => {
  const from = lowestRequestId(HOUR - HOUR_MS / 2);
  const bounds = { from, before: undefined };
  const progress = { spanMs: HOUR_MS, found: 0, missing: 51 };

  assert.deepEqual(hours(firstWindow(bounds, NOW)), [-0.5, undefined]);
  assert.deepEqual(hours(nextWindow(bounds, lowestRequestId(HOUR), STARTS, progress)), [-0.5, 0]);
  assert.equal(nextWindow(bounds, from, STARTS, progress), undefined);
});

test('the more was found, the nearer the next window ends', () => {
  const position = lowestRequestId(HOUR);
  const next = (found: number) =>
    hours(nextWindow(ALL, position, STARTS, { spanMs: HOUR_MS, found, missing: 51 - found }));

  assert.deepEqual(next(50), [-8, 0]);
  assert.deepEqual(next(199), [-2, 0]);
  assert.deepEqual(next(0), [-12, 0], 'no further than twelve partitions');
});

test('within an hour a window may end between partitions, unless little would be left', () => {
  const position = lowestRequestId(HOUR + HOUR_MS / 2);
  const next = (minutes: number) =>
    hours(nextWindow(ALL, position, STARTS, { spanMs: (minutes * 60_000) / 400, found: 0, missing: 51 }));

  assert.deepEqual(next(3), [0.45, 0.5]);
  assert.deepEqual(next(24), [0, 0.5]);
});

test('windows skip hours without a partition and end with the oldest one', () => {
  const starts = [lowestRequestId(HOUR), lowestRequestId(HOUR - 50 * HOUR_MS)];
  const progress = { spanMs: HOUR_MS, found: 0, missing: 51 };

  const first = nextWindow(ALL, lowestRequestId(HOUR), starts, progress);
  const second = nextWindow(ALL, first?.from ?? '', starts, progress);

  assert.deepEqual(hours(first), [-50, 0]);
  assert.equal(second, undefined);
});
