import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leadingTime, lowestRequestId } from '@culvert/traffic/request-id';
import { firstWindow, nextWindows, type Progress, type Window } from './transaction-windows.ts';

const HOUR_MS = 3_600_000;
const NOW = Date.UTC(2026, 0, 31, 10, 30);
const HOUR = Date.UTC(2026, 0, 31, 10);
const ALL: Window = { from: undefined, before: undefined };
/** Two hours ahead and seventy back. */
const STARTS = Array.from({ length: 73 }, (_, n) => lowestRequestId(HOUR + (2 - n) * HOUR_MS));

function hours(window: Window | undefined): readonly (number | undefined)[] | undefined {
  const hour = (id: string | undefined): number | undefined =>
    id === undefined ? undefined : (leadingTime(id) - HOUR) / HOUR_MS;
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

/** In hours from the beginning of the running one. */
function next(
  position: number,
  progress: Progress,
  { starts = STARTS, bounds = ALL, sliced = Infinity } = {},
) {
  const from = lowestRequestId(HOUR + position * HOUR_MS);
  return nextWindows(bounds, from, starts, progress, sliced).map(hours);
}

const NOTHING_FOUND: Progress = { spanMs: HOUR_MS, found: 0, missing: 51 };

test('no window reaches below the lower bound, where the last one ends', () => {
  const from = lowestRequestId(HOUR - HOUR_MS / 2);
  const bounds = { from, before: undefined };

  assert.deepEqual(hours(firstWindow(bounds, NOW)), [-0.5, undefined]);
  assert.deepEqual(next(0, NOTHING_FOUND, { bounds }), [[-0.5, 0]]);
  assert.deepEqual(next(-0.5, NOTHING_FOUND, { bounds }), []);
});

test('the more was found, the nearer the next window ends', () => {
  const below = (found: number) => next(0, { spanMs: HOUR_MS, found, missing: 51 - found });

  assert.deepEqual(below(50), [[-8, 0]]);
  assert.deepEqual(below(199), [[-2, 0]]);
});

test('where hardly anything was found, two windows of twelve partitions at most are read together', () => {
  assert.deepEqual(next(0, NOTHING_FOUND), [
    [-12, 0],
    [-24, -12],
  ]);
  assert.deepEqual(next(-60, NOTHING_FOUND), [[-70, -60]]);
});

test('within an hour a window may end between partitions, unless little would be left', () => {
  const below = (minutes: number) => next(-8.5, { spanMs: (minutes * 60_000) / 400, found: 0, missing: 51 });

  assert.deepEqual(below(3), [[-8.55, -8.5]]);
  assert.deepEqual(below(24), [[-9, -8.5]]);
});

test('hours that only have indexes of slices are looked through in slices, for filters that these serve', () => {
  const sliced = { sliced: HOUR - HOUR_MS };

  assert.deepEqual(next(0.5, NOTHING_FOUND, sliced), [
    [0.4, 0.5],
    [0.2, 0.4],
  ]);
  assert.deepEqual(next(0.2, NOTHING_FOUND, sliced), [
    [0, 0.2],
    [-0.2, 0],
  ]);
  assert.deepEqual(next(-0.8, NOTHING_FOUND, sliced), [
    [-1, -0.8],
    [-13, -1],
  ]);
  assert.deepEqual(next(0.5, NOTHING_FOUND)[0], [-11, 0.5]);
});

test('where matches are frequent enough a window is shorter than a slice', () => {
  const progress = { spanMs: 60_000, found: 19, missing: 32 };

  assert.deepEqual(next(0.4, progress, { sliced: HOUR }), [
    [0.2, 0.4],
    [0, 0.2],
  ]);
  assert.deepEqual(next(0.4, { ...progress, spanMs: 45_000, found: 99 }, { sliced: HOUR }), [[0.35, 0.4]]);
});

test('windows skip hours without a partition and end with the oldest one', () => {
  const starts = [lowestRequestId(HOUR), lowestRequestId(HOUR - 50 * HOUR_MS)];

  assert.deepEqual(next(0, NOTHING_FOUND, { starts }), [[-50, 0]]);
  assert.deepEqual(next(-50, NOTHING_FOUND, { starts }), []);
});
