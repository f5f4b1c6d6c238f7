import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.ts';
import { testFiles } from '../source-files.ts';

/** The start of a test's title in source: `test('S1-10 S1-04: …'` and its kin. */
const TITLE = /\b(?:test|it|describe|suite)\(\s*(?:'([^'\n]*)|"([^"\n]*)|`([^`\n]*))/g;
/** One or more numbers, parted by spaces or commas, before the colon. */
const LEADING = /^((?:S\d-\d\d)(?:[ ,]+S\d-\d\d)*):/;

/** The requirement numbers that a test's title begins with, as in `S1-10, S1-04: halves become one row`. */
export function numbersInTitle(title: string): string[] {
  return LEADING.exec(title)?.[1]?.split(/[ ,]+/) ?? [];
}

/** Which numbers the titles of all tests carry, each with the first file that does. */
export function titledRequirements(): Map<string, string> {
  const titled = new Map<string, string>();
  for (const file of testFiles()) {
    for (const match of readFileSync(join(root, file), 'utf8').matchAll(TITLE)) {
      for (const number of numbersInTitle(match[1] ?? match[2] ?? match[3] ?? '')) {
        if (!titled.has(number)) titled.set(number, file);
      }
    }
  }
  return titled;
}
