/**
 * Runs the tests that need a cluster, those of e2e/src/kubernetes that end in .e2e.ts. Arguments are parts of file
 * names: only matching files run. `make e2e` starts this, within the cluster's network where it made one.
 *
 * Files in first/ run one after the other, then those in together/ two at once, then those in alone/ and at last
 * those in last/ one after the other. Prints `N passed, N failed` last.
 */
import { spawnSync } from 'node:child_process';
import { globSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { argv, env } from 'node:process';
import { keepDiagnostics } from '../e2e/cluster/diagnostics.ts';
import { root } from './root.ts';
import { conclude, runFiles, type Results } from './test/run-files.ts';

const FOLDER = 'e2e/src/kubernetes';
/** Nearly all others need what it installs: chosen whenever that isn't there yet. */
const INSTALL = `${FOLDER}/first/install.e2e.ts`;
const PHASES = { first: 1, together: 2, alone: 1, last: 1 };

/** Pods come and go in their own time, and a suite counts as one test. */
const TEST_TIMEOUT_MS = 420_000;
const LOGS = join(root, '.culvert', 'e2e-logs');
const KUBECTL = [env['E2E_KUBECTL'] ?? 'kubectl', `--kubeconfig=${env['E2E_KUBECONFIG'] ?? ''}`];

const filters = argv.slice(2);
const helm = [
  `--kubeconfig=${env['E2E_KUBECONFIG'] ?? ''}`,
  'status',
  'culvert',
  '--namespace=culvert-system',
];
const installed = spawnSync(env['E2E_HELM'] ?? 'helm', helm).status === 0;
const all: Results = { passed: [], failed: [] };
let keeping: Promise<void> = Promise.resolve();
let kept = 0;
rmSync(LOGS, { recursive: true, force: true });
for (const [phase, atOnce] of Object.entries(PHASES)) {
  const files = globSync(`${FOLDER}/${phase}/**/*.e2e.ts`, { cwd: root })
    .filter(
      (file) =>
        (file === INSTALL && !installed) ||
        filters.length === 0 ||
        filters.some((part) => file.includes(part)),
    )
    .sort();
  const { passed, failed } = await runFiles(files, atOnce, {
    onFailure: keep,
    testTimeoutMs: TEST_TIMEOUT_MS,
  });
  all.passed.push(...passed);
  all.failed.push(...failed);
}
await keeping;
if (kept > 0) console.log(`\nwhat the cluster said of each failure: ${LOGS}`);
process.exitCode = conclude(all);

function keep(file: string): void {
  const directory = join(LOGS, `${++kept}-${basename(file, '.e2e.ts')}`);
  keeping = keeping.then(() => keepDiagnostics(KUBECTL, directory));
}
