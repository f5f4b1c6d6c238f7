import { execFile } from 'node:child_process';

/** How to run kubectl. */
export interface KubectlRun {
  readonly program: string;
  readonly kubeconfigFile: string;
  /** Where it keeps what it learned of the API. */
  readonly cacheDirectory: string;
  readonly args: readonly string[];
  readonly input?: string | undefined;
}

/**
 * Runs kubectl and returns what it prints.
 *
 * @throws Error with what kubectl says
 */
export function runKubectl(run: KubectlRun): Promise<string> {
  const { program, args } = run;
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      [`--kubeconfig=${run.kubeconfigFile}`, `--cache-dir=${run.cacheDirectory}`, ...args],
      { timeout: 120_000, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else {
          const reason = stderr.trim() || error.message;
          reject(new Error(`kubectl ${args.join(' ')} failed: ${reason}`, { cause: error }));
        }
      },
    );
    child.stdin?.on('error', () => undefined); // kubectl ended before it read everything: its status tells
    child.stdin?.end(run.input ?? '');
  });
}
