import assert from 'node:assert/strict';
import test from 'node:test';
import { suiteMarkdown, tableMarkdown } from './markdown.ts';

test('a table has its first column to the left and numbers to the right', () => {
  const text = tableMarkdown({ title: '', columns: ['who', 'µs'], rows: [['HAProxy', '20.5']] });

  assert.equal(text, ['| who     |   µs |', '| ------- | ---: |', '| HAProxy | 20.5 |'].join('\n'));
});

test('a goal that was not met stands out', () => {
  const text = suiteMarkdown({
    suite: 'capture',
    tables: [],
    goals: [{ sentence: 'Lost', wanted: '0', measured: '7', met: false }],
    remarks: ['A remark.'],
    data: undefined,
  });

  assert.match(text, /\| Lost \| +0 \| +7 \| \*\*no\*\* \|\n\nA remark\.$/);
});
