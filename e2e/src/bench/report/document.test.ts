import assert from 'node:assert/strict';
import test from 'node:test';
import { replaceSection } from './document.ts';

test('a section is replaced between its marks and nothing else is touched', () => {
  const document = 'before\n<!-- begin generated: a -->\nold\n<!-- end generated: a -->\nafter\n';

  const replaced = replaceSection(document, 'a', 'new');

  assert.equal(replaced, 'before\n<!-- begin generated: a -->\n\nnew\n\n<!-- end generated: a -->\nafter\n');
  assert.equal(replaceSection(replaced, 'a', 'new'), replaced);
});

test('a document without the marks is a fault', () => {
  assert.throws(() => replaceSection('text', 'a', 'new'), /no section/);
});
