import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from '@culvert/demo/launcher/root';

/** What the tests are run on and with. */
export interface TestRun {
  readonly kubeconfig: string;
  readonly kubectl: string;
  readonly helm: string;
  /** Stands before the command that runs them, to run it within the cluster's network. */
  readonly before: readonly string[];
  readonly filters: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** Ends the tests early. */
  readonly signal?: AbortSignal;
}

/** Runs the tests on a cluster in a process of their own and returns its exit status. */
export async function runTests(run: TestRun): Promise<number> {
  const [program = '', ...args] = [
    ...run.before,
    process.execPath,
    join(root, 'scripts/test-cluster.ts'),
    ...run.filters,
  ];
  const child = spawn(program, args, {
    cwd: root,
    stdio: 'inherit',
    ...(run.signal && { signal: run.signal }),
    env: {
      ...run.environment,
      E2E_KUBECONFIG: run.kubeconfig,
      E2E_KUBECTL: run.kubectl,
      E2E_HELM: run.helm,
    },
  });
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      if (run.signal?.aborted !== true) reject(error);
    });
    child.once('exit', (code) => {
      resolve(code ?? 1);
    });
  });
}
