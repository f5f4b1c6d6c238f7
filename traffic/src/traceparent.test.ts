import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestOf } from './select/testing/head.ts';
import { readRequestTraceId, traceIdOf } from './traceparent.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const VALID = `00-${TRACE}-${PARENT}-01`;

const GOOD = [
  VALID,
  `00-${TRACE}-${PARENT}-00`,
  `00-${TRACE}-${PARENT}-ff`,
  `01-${TRACE}-${PARENT}-01`,
  `cc-${TRACE}-${PARENT}-01`,
  `cc-${TRACE}-${PARENT}-01-`,
  `fe-${TRACE}-${PARENT}-01-what-the-future-will-be-like`,
  `fe-${TRACE}-${PARENT}-01-\u00e9`,
];

const BAD = [
  '',
  TRACE,
  VALID.slice(0, -1),
  `${VALID}-`,
  `${VALID}-01`,
  `${VALID}.`,
  `ff${VALID.slice(2)}`,
  `ff${VALID.slice(2)}-more`,
  `cc${VALID.slice(2)}.what-the-future-will-not-be-like`,
  `cc${VALID.slice(2)}, cc${VALID.slice(2)}`,
  `${VALID}, ${VALID}`,
  `0${VALID.slice(2)}`,
  `0G${VALID.slice(2)}`,
  `CC${VALID.slice(2)}`,
  VALID.toUpperCase(),
  `00-${TRACE.slice(0, -1)}F-${PARENT}-01`,
  `00-${TRACE}-${PARENT.slice(0, -1)}B-01`,
  `00-${TRACE}-${PARENT}-0A`,
  `00-${TRACE}-${PARENT}-0x`,
  `00-${'0'.repeat(32)}-${PARENT}-01`,
  `00-${TRACE}-${'0'.repeat(16)}-01`,
  `00_${TRACE}-${PARENT}-01`,
  `00-${TRACE}_${PARENT}-01`,
  `00-${TRACE}-${PARENT}_01`,
  `00-${TRACE.slice(1)}\u00e9-${PARENT}-01`,
];

/** The trace id of a request head with these lines. */
function traceOfHead(...lines: readonly string[]): string | null {
  const words = { word0: 0, word1: 0, word2: 0, word3: 0 };
  if (!readRequestTraceId(requestOf('GET /', ...lines), words)) return null;
  const hex = (word: number) => (word >>> 0).toString(16).padStart(8, '0');
  return [words.word0, words.word1, words.word2, words.word3].map(hex).join('');
}

for (const value of GOOD)
  test(`a valid traceparent gives its trace id, whoever reads it: ${value}`, () => {
    assert.equal(traceIdOf(value), TRACE);
    assert.equal(traceOfHead('Host: h', `TraceParent: ${value}`), TRACE);
  });

for (const value of BAD)
  test(`a traceparent that is not valid gives none, whoever reads it: ${JSON.stringify(value)}`, () => {
    assert.equal(traceIdOf(value), null);
    assert.equal(traceOfHead(`traceparent: ${value}`), null);
  });

test('a character that is no byte is not taken for one', () => {
  assert.equal(traceIdOf(`00-${TRACE.slice(1)}\u0130-${PARENT}-01`), null);
});

test('no traceparent, or more than one, gives no trace id', () => {
  assert.equal(traceIdOf(null), null);
  assert.equal(traceOfHead('Host: h'), null);
  assert.equal(traceOfHead(`traceparent: ${VALID}`, `traceparent: ${VALID}`), null);
  assert.equal(traceOfHead(`traceparent: ${VALID}`, 'Host: h', 'TRACEPARENT: nonsense'), null);
});
