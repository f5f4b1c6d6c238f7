import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCopyBuffer, type CopyBuffer } from './copy-buffer.ts';

function written(write: (rows: CopyBuffer) => void): string {
  const rows = createCopyBuffer();
  write(rows);
  return rows.slice(0, rows.position()).toString('hex');
}

test('numbers are big-endian behind their length, negative ones in two’s complement', () => {
  assert.equal(
    written((rows) => rows.int2(-2)),
    '00000002fffe',
  );
  assert.equal(
    written((rows) => rows.int4(0x01020304)),
    '0000000401020304',
  );
  assert.equal(
    written((rows) => rows.int8(2 ** 53 - 1)),
    '00000008001fffffffffffff',
  );
  assert.equal(
    written((rows) => rows.int8(-1)),
    '00000008ffffffffffffffff',
  );
  assert.equal(
    written((rows) => rows.int8(-(2 ** 32) - 1)),
    '00000008fffffffeffffffff',
  );
  assert.equal(
    written((rows) => rows.boolean(true)),
    '0000000101',
  );
});

test('times count from the year 2000, before it too', () => {
  assert.equal(
    written((rows) => rows.time(Date.UTC(2000, 0, 1) * 1_000 + 5)),
    '000000080000000000000005',
  );
  assert.equal(
    written((rows) => rows.time(Date.UTC(1999, 11, 31, 23, 59, 59) * 1_000)),
    '00000008fffffffffff0bdc0',
  );
});

test('nothing is the length -1, for every type', () => {
  const nothing = written((rows) => {
    rows.empty();
    rows.int2(undefined);
    rows.int4(undefined);
    rows.int8(undefined);
    rows.boolean(undefined);
    rows.time(undefined);
    rows.bytes(undefined);
    rows.text(undefined);
  });

  assert.equal(nothing, 'ffffffff'.repeat(8));
});

test('parts of a message are tagged anew, whether one byte lies between them or more', () => {
  const source = Buffer.from('22 02 aabb 22 01 cc 9999 22 01 dd'.replaceAll(' ', ''), 'hex');

  assert.equal(
    written((rows) => rows.tagged(0x0a, source, [1, 4, 5, 7])),
    '00000007' + '0a02aabb' + '0a01cc',
  );
  assert.equal(
    written((rows) => rows.tagged(0x0a, source, [1, 4, 10, 12])),
    '00000007' + '0a02aabb' + '0a01dd',
  );
  assert.equal(
    written((rows) => rows.tagged(0x0a, source, [])),
    '00000000',
  );
});

test('the buffer grows, goes back and starts over', () => {
  const rows = createCopyBuffer();
  const large = Buffer.alloc(3_000_000, 7);

  rows.bytes(large);
  rows.text('é');
  const kept = rows.position();
  rows.span(large, 10, 20);
  rows.truncate(kept);

  assert.equal(rows.position(), 4 + large.length + 6);
  assert.deepEqual(rows.slice(4, 4 + large.length), large);
  assert.equal(rows.slice(kept - 6, kept).toString('hex'), '00000002c3a9');
  rows.clear();
  assert.equal(rows.position(), 0);
});
