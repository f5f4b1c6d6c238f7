import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.ts';

/**
 * Writes a file that is derived from sources, or, under `--check`, says that it is out of date and sets the exit
 * code.
 *
 * @param path relative to the root
 * @param command what renews the file
 */
export function writeOrCheck(path: string, expected: string, check: boolean, command: string): void {
  const file = join(root, path);
  if (!check) {
    writeFileSync(file, expected);
    return;
  }
  const found = readText(file);
  if (found === expected) return;
  process.exitCode = 1;
  const line = expected.split('\n').findIndex((text, index) => text !== found.split('\n')[index]);
  console.log(
    `${path}:${line + 1} is out of date; run \`${command}\` and commit the result\n` +
      `  expected: ${expected.split('\n')[line] ?? '(end of file)'}\n` +
      `  found:    ${found.split('\n')[line] ?? '(end of file)'}`,
  );
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
