/**
 * Runs the tests of all workspaces. Arguments are parts of file names: only matching files run.
 * Those that look at the date run once more on another day; with TEST_CLOCK all run at that instant, and nowhere else.
 *
 * Prints `N passed, N failed` last. Fails on any failure, when nothing ran, and on tests skipped or left to do.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { argv, env } from 'node:process';
import { PAGE, parseRequirements } from './requirements/table.ts';
import { numbersInTitle } from './requirements/titles.ts';
import { root } from './root.ts';
import { testFiles } from './source-files.ts';
import { DATED, environmentAt, OTHER_DAY, placeOf } from './test/other-day.ts';
import { createImports } from './test/imports.ts';
import { startInstallation } from './test/installation.ts';
import { conclude, runFiles } from './test/run-files.ts';
import { TOOLS } from './test/tools.ts';

const AT_ONCE = 2;
const SHOWN = join(root, 'node_modules/.cache/culvert/shown-requirements.json');

const filters = argv.slice(2);
const place = placeOf(env);
const chosen = testFiles().filter(
  (file) => filters.length === 0 || filters.some((filter) => file.includes(filter)),
);
// What a new machine lacks takes longer than a test may: tests that need none of it run meanwhile.
const installation = startInstallation(chosen, {
  tools: TOOLS,
  environment: env,
  imports: createImports(root).all,
  say: (line) => {
    console.log(`         ${line}`);
  },
});
// Tests across processes take longest: begun first, they leave no core idle at the end.
const results = await runFiles(
  [...chosen.filter((file) => file.startsWith('e2e/')), ...chosen.filter((file) => !file.startsWith('e2e/'))],
  AT_ONCE,
  { installation, ...(place && { environment: () => environmentAt(place, env) }) },
);
if (place === undefined) {
  const again = await runFiles(
    DATED.filter((file) => chosen.includes(file)),
    AT_ONCE,
    { environment: () => environmentAt(OTHER_DAY, env), remark: ' on another day' },
  );
  results.passed.push(...again.passed);
  results.failed.push(...again.failed);
}
if (filters.length === 0) checkRequirements();
process.exitCode = conclude(results);

/** What the page says is shown must have been shown by a test that passed just now. */
function checkRequirements(): void {
  const shown = new Set(results.passed.flatMap(numbersInTitle));
  mkdirSync(dirname(SHOWN), { recursive: true });
  writeFileSync(SHOWN, `${JSON.stringify([...shown].sort(), undefined, 2)}\n`);
  for (const { number, status } of parseRequirements(readFileSync(join(root, PAGE), 'utf8'))) {
    if (status === 'shown' && !shown.has(number)) {
      results.failed.push(`${PAGE}: ${number} is said to be shown, but no test that passed shows it`);
    }
  }
}
