import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { randomNumbers, troublesomeBytes } from '../testing/random-bytes.ts';
import { findShells, runScript } from '../testing/shells.ts';
import { canBeArgument, quoteArgument } from './shell-quote.ts';

const random = randomNumbers(20_261_121);
const EVERY_BYTE = Array.from({ length: 255 }, (_, index) => String.fromCharCode(index + 1));
/** Each byte alone, in front, at the end, and in front of one that is no text; then whatever comes. */
const WORDS = [
  '',
  '=ls',
  '~',
  '~root/x',
  'a=~b:=ls',
  '!!',
  'L',
  '...',
  '-v\t',
  '-',
  '%1',
  '%s\u0007%n',
  '\\t\u0001',
  "''it''s''",
  '\n!!\n^a^b^',
  ...EVERY_BYTE.flatMap((byte) => [byte, `${byte}x`, `x${byte}`, `${byte}\u00ff`, `-${byte}\t`]),
  ...Array.from({ length: 2_000 }, () => troublesomeBytes(random, 12, /\0/g)),
].filter(canBeArgument);

test('no word stays bare: zsh would take =, ~, ^, # and whatever a person has made an alias for something else', () => {
  for (const word of WORDS) match(quoteArgument(word), /^(?:'[^]*'|"\$\(printf '(?:[^'"$`!]|)*'\)")$/);
});

test('between quotes stand no bytes that a terminal, a paste or a history takes for something', () => {
  for (const word of WORDS) {
    const quoted = quoteArgument(word);
    ok(!/(?!\n)[\p{Cc}\p{Cf}]/u.test(quoted), quoted);
    ok(!/\n(?:[^]*!|\^)/.test(quoted), quoted);
  }
});

test('formats of printf begin with no dash, and hold no percent sign that converts', () => {
  for (const word of WORDS.filter((word) => quoteArgument(word).startsWith('"'))) {
    const [, format = ''] = /printf '(.*)'\)"$/s.exec(quoteArgument(word)) ?? [];
    ok(!format.startsWith('-'), format);
    equal(format.replaceAll('%%', '').includes('%'), false, format);
  }
});

test('every shell hands on the very bytes, whatever they are', async () => {
  const script = `printf '%s\\000' ${WORDS.map(quoteArgument).join(' \\\n  ')}\n`;

  for (const shell of await findShells()) {
    const { output, errors } = await runScript(shell, script);
    deepEqual(output.toString('latin1').split('\0').slice(0, -1), WORDS, `${shell.join(' ')}: ${errors}`);
  }
});
