/**
 * Runs the tests of all workspaces. Arguments are parts of file names: only matching files run.
 *
 * Prints `N passed, N failed` last. Fails on any failure, when nothing ran, and on tests skipped or left to do.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { argv, env } from 'node:process';
import { findKubernetes } from '../demo/src/launcher/kubernetes-binaries.ts';
import { PAGE, parseRequirements } from './requirements/table.ts';
import { numbersInTitle } from './requirements/titles.ts';
import { root } from './root.ts';
import { testFiles } from './source-files.ts';
import { conclude, runFiles } from './test/run-files.ts';

const AT_ONCE = 2;
const SHOWN = join(root, 'node_modules/.cache/culvert/shown-requirements.json');

const filters = argv.slice(2);
const chosen = testFiles().filter(
  (file) => filters.length === 0 || filters.some((filter) => file.includes(filter)),
);
// On a new machine the API server is built first, which takes longer than a test may.
if (chosen.some((file) => readFileSync(join(root, file), 'utf8').includes('startKubernetesApi'))) {
  await findKubernetes(['etcd', 'kube-apiserver', 'kubectl'], env, console.log);
}
// Tests across processes take longest: begun first, they leave no core idle at the end.
const results = await runFiles(
  [...chosen.filter((file) => file.startsWith('e2e/')), ...chosen.filter((file) => !file.startsWith('e2e/'))],
  AT_ONCE,
);
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
