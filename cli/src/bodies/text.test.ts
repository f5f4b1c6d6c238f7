import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { textOf } from './text.ts';

test('text is what its charset makes of the bytes, and what no charset does is none', () => {
  equal(textOf(Buffer.from('café'), undefined, false), 'café');
  equal(textOf(Buffer.from([0x63, 0x61, 0x66, 0xe9]), 'text/plain; charset="ISO-8859-1"', false), 'café');
  equal(textOf(Buffer.from('h\0i\0'), 'text/plain; charset=utf-16le', false), 'hi');
  equal(textOf(Buffer.from('caf\u00e9').subarray(0, 4), undefined, true), 'caf');
  equal(textOf(Buffer.from('caf\u00e9').subarray(0, 4), undefined, false), undefined);
  equal(textOf(Buffer.from([0x89, 0x50, 0x4e, 0x47]), 'text/plain', false), undefined);
  equal(textOf(Buffer.from('a\0b'), 'text/plain', false), undefined);
});

for (const charset of [
  'foo',
  '"klingon"',
  'utf8mb4',
  'binary',
  'x-unknown',
  'UTF-8',
  "'utf-8'",
  'us-ascii',
  '""',
]) {
  test(`text whose charset is said to be ${charset} is read as UTF-8 where it is that`, () => {
    const mediaType = `text/plain; x=y; CharSet = ${charset}`;

    equal(textOf(Buffer.from('café'), mediaType, false), 'café');
    equal(textOf(Buffer.from([0x89, 0x50, 0, 0x47]), mediaType, false), undefined);
  });
}

test('charsets are known by any alias and in any quotes, and a byte order mark says more', () => {
  const latin1 = Buffer.from([0x63, 0x61, 0x66, 0xe9]);

  for (const charset of ['latin1', 'ISO_8859-1', "'iso-8859-1'", '"L1"', 'CP1252', 'ascii', 'US-ASCII'])
    equal(textOf(latin1, `text/plain;charset=${charset}`, false), 'café');
  equal(textOf(latin1, 'text/plain;charset=foo', false), undefined);
  for (const mediaType of [undefined, 'text/plain; charset=utf-8', 'text/plain; charset=utf-16']) {
    equal(textOf(Buffer.from('\u{feff}hi', 'utf16le'), mediaType, false), '\u{feff}hi');
    equal(textOf(Buffer.from('\u{feff}hi', 'utf16le').swap16(), mediaType, false), '\u{feff}hi');
  }
});
