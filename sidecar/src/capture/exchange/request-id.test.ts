import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestIdTime } from '@culvert/traffic/request-id';
import { mintRequestId, REQUEST_ID_LENGTH, writeRequestId } from './request-id.ts';

function mint(unixMs: number): string {
  const words = { id0: 0, id1: 0, id2: 0, id3: 0 };
  mintRequestId(words, unixMs);
  const text = Buffer.alloc(REQUEST_ID_LENGTH);
  writeRequestId(text, 0, words);
  return text.toString();
}

test('an id tells its time as every UUID of version 7 does', () => {
  assert.equal(requestIdTime(mint(1_790_000_000_123.75)), 1_790_000_000_123);
  assert.equal(requestIdTime(mint(1_790_000_999_999)), 1_790_000_999_999);
});

test('requests of one moment keep their order', () => {
  const ids = Array.from({ length: 3_000 }, () => mint(1_790_001_000_000.5));
  assert.deepEqual(ids.toSorted(), ids);
  assert.equal(new Set(ids).size, ids.length);
});
