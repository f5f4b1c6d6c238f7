import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalJson, hashText, revisionOf } from './revision.ts';
import { createRandom } from './testing/random.ts';

test('texts hash as FNV-1a with 64 bits says', () => {
  assert.equal(hashText(''), 'cbf29ce484222325');
  assert.equal(hashText('a'), 'af63dc4c8601ec8c');
  assert.equal(hashText('foobar'), '85944171f73967e8');
});

test('long texts hash as with whole 64-bit arithmetic', () => {
  const random = createRandom(7);
  for (let length = 0; length < 200; length++) {
    const text = Array.from({ length }, () => String.fromCodePoint(32 + random.below(2_000))).join('');
    assert.equal(hashText(text), wide(text));
  }
});

test('the order of keys does not matter, that of lists does', () => {
  assert.equal(revisionOf({ a: 1, b: { c: 2, d: 3 } }), revisionOf({ b: { d: 3, c: 2 }, a: 1 }));
  assert.notEqual(revisionOf([1, 2]), revisionOf([2, 1]));
  assert.equal(canonicalJson({ b: undefined, a: [{ d: 1, c: null }] }), '{"a":[{"c":null,"d":1}]}');
});

test('two hundred thousand similar values have revisions of their own', () => {
  const revisions = new Set<string>();
  for (let n = 0; n < 200_000; n++) revisions.add(hashText(`{"percent":${n}}`));

  assert.equal(revisions.size, 200_000);
});

function wide(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text))
    hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  return hash.toString(16).padStart(16, '0');
}
