import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSampled, samplingThreshold } from './sampling.ts';
import { requestOf } from './testing/head.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const VALID = `00-${TRACE}-b7ad6b7169203331-01`;
const NO_TRACE = requestOf('GET /', 'Host: h');

function randomId() {
  const [id0 = 0, id1 = 0, id2 = 0, id3 = 0] = crypto.getRandomValues(new Int32Array(4));
  return { id0, id1, id2, id3 };
}

/** Whether the decision depends on the trace alone: the same for many request ids. */
function followsTrace(traceparent: string): boolean {
  const request = requestOf('GET /', `traceparent: ${traceparent}`);
  const half = samplingThreshold({ numerator: 1, denominator: 2 });
  return new Set(Array.from({ length: 64 }, () => isSampled(half, request, randomId()))).size === 1;
}

test('a fraction keeps about its share of exchanges without a trace', () => {
  const threshold = samplingThreshold({ numerator: 1, denominator: 4 });
  const ids = Array.from({ length: 20_000 }, randomId);
  const kept = ids.filter((id) => isSampled(threshold, NO_TRACE, id)).length;
  assert.ok(Math.abs(kept / ids.length - 0.25) < 0.03, `kept ${kept} of ${ids.length}`);
});

test('a larger fraction keeps everything that a smaller one keeps', () => {
  const small = samplingThreshold({ numerator: 1, denominator: 100 });
  const large = samplingThreshold({ numerator: 1, denominator: 10 });
  const ids = Array.from({ length: 20_000 }, randomId).filter((id) => isSampled(small, NO_TRACE, id));
  assert.ok(ids.length > 0);
  assert.ok(ids.every((id) => isSampled(large, NO_TRACE, id)));
});

test('zero keeps nothing, and one or more keeps everything', () => {
  const ids = Array.from({ length: 1_000 }, randomId);
  const kept = (numerator: number, denominator: number) =>
    ids.filter((id) => isSampled(samplingThreshold({ numerator, denominator }), NO_TRACE, id)).length;
  assert.deepEqual([kept(0, 100), kept(1, 1), kept(5, 2)], [0, 1_000, 1_000]);
});

test('exchanges of one trace are kept or left out together, by any version of traceparent', () => {
  assert.ok(followsTrace(VALID));
  assert.ok(followsTrace(`cc-${TRACE}-b7ad6b7169203331-01-what-comes-later`));
  assert.ok(followsTrace(`cc-${TRACE}-b7ad6b7169203331-01`));
});

test('a traceparent that is not valid counts as none', () => {
  for (const value of [
    '',
    VALID.slice(0, -1),
    `${VALID}-more`,
    `ff${VALID.slice(2)}`,
    `0g${VALID.slice(2)}`,
    VALID.toUpperCase(),
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.slice(1)}x-b7ad6b7169203331-01`,
    `00_${TRACE}-b7ad6b7169203331-01`,
    `00-${TRACE}-b7ad6b7169203331-0x`,
    `cc-${TRACE}-b7ad6b7169203331-01.later`,
  ])
    assert.ok(!followsTrace(value), value);
});
