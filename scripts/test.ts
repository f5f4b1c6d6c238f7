/**
 * Runs the tests of all workspaces. Arguments are parts of file names: only matching files run.
 *
 * Prints `N passed, N failed` last. Fails on any failure, when nothing ran, and on tests skipped or left to do.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { argv } from 'node:process';
import { PAGE, parseRequirements } from './requirements/table.ts';
import { numbersInTitle } from './requirements/titles.ts';
import { root } from './root.ts';
import { testFiles } from './source-files.ts';
import { runTestFile } from './test/run-test-file.ts';

const AT_ONCE = 2;
const SHOWN = join(root, 'node_modules/.cache/culvert/shown-requirements.json');

const filters = argv.slice(2);
const chosen = testFiles().filter(
  (file) => filters.length === 0 || filters.some((filter) => file.includes(filter)),
);
// Tests across processes take longest: begun first, they leave no core idle at the end.
const waiting = [
  ...chosen.filter((file) => file.startsWith('e2e/')),
  ...chosen.filter((file) => !file.startsWith('e2e/')),
];
const passed: string[] = [];
const failed: string[] = [];
await Promise.all(Array.from({ length: AT_ONCE }, runWaiting));

if (filters.length === 0) checkRequirements();
if (failed.length > 0) console.log(`\nfailed:\n${failed.map((name) => `  ${name}`).join('\n')}\n`);
process.exitCode = failed.length > 0 || passed.length === 0 ? 1 : 0;
console.log(`${passed.length} passed, ${failed.length} failed`);

async function runWaiting(): Promise<void> {
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
    const result = await runTestFile(root, file);
    passed.push(...result.passed);
    failed.push(...result.failures.map((failure) => `${file}: ${failure.title}`));
    const good = result.failures.length === 0;
    const seconds = result.seconds.toFixed(1).padStart(6);
    console.log(
      `  ${good ? 'ok  ' : 'FAIL'} ${seconds} s ${String(result.passed.length).padStart(4)} passed  ${file}`,
    );
    if (good) continue;
    const details = result.failures.map(({ title, detail }) => `${title}\n${detail.replace(/^/gm, '    ')}`);
    if (result.output !== '')
      details.push(`what the file printed:\n${result.output.trimEnd().replace(/^/gm, '    ')}`);
    console.log(details.join('\n').replace(/^/gm, '       '));
  }
}

/** What the page says is shown must have been shown by a test that passed just now. */
function checkRequirements(): void {
  const shown = new Set(passed.flatMap(numbersInTitle));
  mkdirSync(dirname(SHOWN), { recursive: true });
  writeFileSync(SHOWN, `${JSON.stringify([...shown].sort(), undefined, 2)}\n`);
  for (const { number, status } of parseRequirements(readFileSync(join(root, PAGE), 'utf8'))) {
    if (status === 'shown' && !shown.has(number)) {
      failed.push(`${PAGE}: ${number} is said to be shown, but no test that passed shows it`);
    }
  }
}
