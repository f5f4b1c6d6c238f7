/**
 * Runs the tests that need a cluster, those of e2e/src/kubernetes that end in .e2e.ts. Arguments are parts of file
 * names: only matching files run. `make e2e` starts this, within the cluster's network where it made one.
 *
 * Files in first/ run one after the other, then those in together/ two at once, then those in alone/ and at last
 * those in last/ one after the other. Prints `N passed, N failed` last.
 */
import { globSync } from 'node:fs';
import { argv } from 'node:process';
import { root } from './root.ts';
import { conclude, runFiles, type Results } from './test/run-files.ts';

const FOLDER = 'e2e/src/kubernetes';
const PHASES = { first: 1, together: 2, alone: 1, last: 1 };

const filters = argv.slice(2);
const all: Results = { passed: [], failed: [] };
for (const [phase, atOnce] of Object.entries(PHASES)) {
  const files = globSync(`${FOLDER}/${phase}/**/*.e2e.ts`, { cwd: root })
    .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
    .sort();
  const { passed, failed } = await runFiles(files, atOnce);
  all.passed.push(...passed);
  all.failed.push(...failed);
}
process.exitCode = conclude(all);
