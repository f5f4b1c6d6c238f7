import { choice, type Option } from '../command-line/option.ts';
import { FORMATS, type Format } from '../output/exchange-writer.ts';

const described = { name: 'output', short: 'o', placeholder: 'FORMAT' };

/** How exchanges are shown. */
export const exchangeOutput: Option<Format> = withDefault(
  FORMATS,
  'table (default), json (one object a line), har (HAR 1.2) or curl (a command that repeats the request).',
);

/** How other answers are shown. */
export const plainOutput: Option<'table' | 'json'> = withDefault(
  ['table', 'json'],
  'table (default) or json (one object a line).',
);

function withDefault<const W extends string>(words: readonly W[], summary: string): Option<W> {
  const [first] = words;
  if (first === undefined) throw new TypeError('an output needs formats');
  const option = choice({ ...described, summary }, words);
  return { ...option, read: (texts) => option.read(texts) ?? first };
}
