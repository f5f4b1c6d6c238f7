import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBackoff } from './backoff.ts';

test('S1-44: the first retry comes at once, then the bound doubles from 1 s to 60 s', () => {
  const backoff = createBackoff({ firstMs: 1_000, maxMs: 60_000, random: () => 1 });
  const delays = Array.from({ length: 9 }, () => backoff.next());
  assert.deepEqual(delays, [0, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
});

test('delays are drawn from the whole range below the bound', () => {
  const drawn = [0.25, 0, 0.999];
  const backoff = createBackoff({ firstMs: 1_000, maxMs: 60_000, random: () => drawn.shift() ?? 0 });
  assert.deepEqual([backoff.next(), backoff.next(), backoff.next()], [0, 0, 1_998]);
});

test('after a success it starts over', () => {
  const backoff = createBackoff({ firstMs: 100, maxMs: 1_000, random: () => 1 });
  backoff.next();
  backoff.next();
  backoff.reset();
  assert.deepEqual([backoff.next(), backoff.next()], [0, 100]);
});
