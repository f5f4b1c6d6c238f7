import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCopyBuffer } from '../../store/copy-buffer.ts';
import { mergeRows } from './merge-rows.ts';

function row(...values: (string | undefined)[]): Buffer {
  const rows = createCopyBuffer();
  rows.row(values.length);
  for (const value of values) rows.text(value);
  return Buffer.from(rows.slice(0, rows.position()));
}

test('a merged row has the first value of each column, empty texts included', () => {
  const merged = mergeRows([row('id', undefined, '', undefined), row('other', 'b', 'c', undefined)]);

  assert.deepEqual(merged, row('id', 'b', '', undefined));
});

test('one row is itself', () => {
  assert.deepEqual(mergeRows([row('id', undefined)]), row('id', undefined));
});
