import { choice, type Option } from '../command-line/option.ts';
import { FORMATS, type Format } from '../output/exchange-writer.ts';

const described = { name: 'output', short: 'o', placeholder: 'FORMAT' };

/** How exchanges are shown, where that is said. */
export const chosenOutput: Option<Format | undefined> = choice(
  {
    ...described,
    summary:
      'table (default), json (one object a line), har (HAR 1.2) or curl (a command that repeats the request).',
  },
  FORMATS,
);

/** How exchanges are shown. */
export const exchangeOutput: Option<Format> = withDefault(chosenOutput, 'table');

/** How other answers are shown. */
export const plainOutput: Option<'table' | 'json'> = withDefault(
  choice({ ...described, summary: 'table (default) or json (one object a line).' }, ['table', 'json']),
  'table',
);

function withDefault<W extends string>(option: Option<W | undefined>, fallback: W): Option<W> {
  return { ...option, read: (texts) => option.read(texts) ?? fallback };
}
