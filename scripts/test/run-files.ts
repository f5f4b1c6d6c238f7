import { root } from '../root.ts';
import type { Installation } from './installation.ts';
import { runTestFile, type RunOptions } from './run-test-file.ts';

/** What came of several files. */
export interface Results {
  /** The titles of the tests that passed. */
  readonly passed: string[];
  /** File and title of those that failed. */
  readonly failed: string[];
}

/** How to run files. */
export interface RunFilesOptions extends RunOptions {
  /** Files whose tools are not there yet run later than their place in the list says. */
  readonly installation?: Installation;
  /** Stands after each file's name. */
  readonly remark?: string;
}

/**
 * Runs test files, several at once, in their order in the list. Prints a line for each, and what failed.
 */
export async function runFiles(
  files: readonly string[],
  atOnce: number,
  options: RunFilesOptions = {},
): Promise<Results> {
  const waiting = [...files];
  const results: Results = { passed: [], failed: [] };
  await Promise.all(Array.from({ length: atOnce }, () => runWaiting(waiting, results, options)));
  return results;
}

/**
 * Prints what failed and, as the last line, `N passed, N failed`.
 *
 * @returns the exit status: failure also when nothing ran
 */
export function conclude({ passed, failed }: Results): number {
  if (failed.length > 0) console.log(`\nfailed:\n${failed.map((name) => `  ${name}`).join('\n')}\n`);
  console.log(`${passed.length} passed, ${failed.length} failed`);
  return failed.length > 0 || passed.length === 0 ? 1 : 0;
}

async function runWaiting(
  waiting: string[],
  { passed, failed }: Results,
  options: RunFilesOptions,
): Promise<void> {
  const { installation, remark = '' } = options;
  const next = async (): Promise<string | undefined> => installation?.take(waiting) ?? waiting.shift();
  for (let file = await next(); file !== undefined; file = await next()) {
    const faults = installation?.faults(file) ?? [];
    if (faults.length > 0) {
      console.log(`  FAIL    0.0 s    0 passed  ${file}\n${faults.join('\n').replace(/^/gm, '       ')}`);
      failed.push(...faults.map((fault) => `${file}: ${fault.split('\n')[0] ?? ''}`));
      continue;
    }
    const result = await runTestFile(root, file, options);
    passed.push(...result.passed);
    failed.push(...result.failures.map((failure) => `${file}${remark}: ${failure.title}`));
    const good = result.failures.length === 0;
    const seconds = result.seconds.toFixed(1).padStart(6);
    console.log(
      `  ${good ? 'ok  ' : 'FAIL'} ${seconds} s ${String(result.passed.length).padStart(4)} passed  ${file}${remark}`,
    );
    const measurements = result.output.split('\n').filter((line) => line.startsWith('measured: '));
    for (const line of measurements) console.log(`         ${line}`);
    if (good) continue;
    const details = result.failures.map(({ title, detail }) => `${title}\n${detail.replace(/^/gm, '    ')}`);
    if (result.output !== '')
      details.push(`what the file printed:\n${result.output.trimEnd().replace(/^/gm, '    ')}`);
    console.log(details.join('\n').replace(/^/gm, '       '));
  }
}
