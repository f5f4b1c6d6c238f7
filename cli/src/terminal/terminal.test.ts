import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { escapeJson, escapeLine, escapeText } from './escape.ts';
import { isColoured } from './style.ts';
import { fit, widthOf } from './width.ts';
import { createWriter, ReaderGone } from './writer.ts';

const EVERYTHING = Array.from({ length: 0x11_000 }, (_, code) => String.fromCodePoint(code)).join('');

test('whatever a line holds, a terminal finds nothing in it that it obeys', () => {
  const line = escapeLine(`${EVERYTHING}\u{e0001}\u{e007f}\ud800`);

  ok(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]*$/u.test(line));
  equal(
    escapeLine('a\u001b[31m\r\n\t\u009b\u202e\u200bé例😀'),
    'a\\x1b[31m\\r\\n\\t\\x9b\\u{202e}\\u{200b}é例😀',
  );
});

test('text of several lines keeps its lines and tabs, and nothing else', () => {
  equal(escapeText('a\tb\r\nc\rd\n\u0007'), 'a\tb\nc\\rd\n\\x07');
});

test('escaped JSON says the same as before', () => {
  const json = JSON.stringify({ [EVERYTHING]: '\u{e0001}\ud800' });

  const escaped = escapeJson(json);

  deepEqual(JSON.parse(escaped), JSON.parse(json));
  ok(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]*$/u.test(escaped));
});

test('texts are measured in columns, and cut between characters', () => {
  deepEqual(['abc', 'é', 'e\u0301', '例え', '😀', ''].map(widthOf), [3, 1, 1, 4, 2, 0]);
  deepEqual(
    [fit('abcdef', 4), fit('abc', 3), fit('例え例え', 4), fit('例え', 3), fit('abc', 0)],
    ['abc…', 'abc', '例…', '例…', ''],
  );
});

test('colours are for terminals that can, unless somebody says otherwise', () => {
  const plain = { noColor: '', term: 'xterm' };

  ok(isColoured('auto', true, plain));
  ok(isColoured('always', false, { noColor: '1', term: 'dumb' }));
  for (const off of [
    isColoured('auto', false, plain),
    isColoured('auto', true, { ...plain, noColor: '1' }),
    isColoured('auto', true, { ...plain, term: 'dumb' }),
    isColoured('never', true, plain),
  ])
    equal(off, false);
});

test('a writer waits for a slow reader, and says when the reader has left', async () => {
  const taken: (() => void)[] = [];
  let gone = false;
  const stream = new Writable({
    highWaterMark: 1,
    write: (_chunk, _encoding, callback) => taken.push(callback),
  });
  const writer = createWriter(stream, () => {
    gone = true;
  });
  let written = false;
  const first = writer.write('text').then(() => {
    written = true;
  });
  await Promise.resolve();
  equal(written, false);
  taken[0]?.();
  await first;

  const second = writer.write('more');
  stream.destroy(Object.assign(new Error('gone'), { code: 'EPIPE' }));

  await rejects(second, ReaderGone);
  await rejects(writer.write('again'), ReaderGone);
  equal(gone, true);
});
