import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { run } from 'node:test';
import { inspect } from 'node:util';

/** A test that has not ended by then has failed; one that needs longer says so itself. */
const TEST_TIMEOUT_MS = 120_000;
/** A file with nothing left to run should end at once; by then something holds it open. */
const LINGER_MS = 20_000;
const FILE_TIMEOUT_MS = 900_000;

/** How to run a file. */
export interface RunOptions {
  /** Called when a test has failed, while what it left is still there. */
  readonly onFailure?: (file: string) => void;
  /** How long a test or a suite may take. */
  readonly testTimeoutMs?: number;
  /** The environment of each file, made when it begins; this process's own by default. */
  readonly environment?: () => NodeJS.ProcessEnv;
}

/** What came of one file. */
export interface FileResult {
  /** The titles of the tests that passed. */
  readonly passed: readonly string[];
  readonly failures: readonly { readonly title: string; readonly detail: string }[];
  /** What the file and its tests printed. */
  readonly output: string;
  readonly seconds: number;
}

/**
 * Runs one test file in a process of its own.
 *
 * @param file relative to the root
 */
export async function runTestFile(
  root: string,
  file: string,
  { onFailure, testTimeoutMs = TEST_TIMEOUT_MS, environment }: RunOptions = {},
): Promise<FileResult> {
  const path = join(root, file);
  const started = performance.now();
  const passed: string[] = [];
  const failures: { title: string; detail: string }[] = [];
  let output = '';
  let open = 0;
  let ended: string | undefined;
  const abort = new AbortController();
  const end = (reason: string): void => {
    ended = reason;
    abort.abort();
  };
  const tooLong = setTimeout(end, FILE_TIMEOUT_MS, `the file took longer than ${FILE_TIMEOUT_MS / 1000} s`);
  let lingering: NodeJS.Timeout | undefined;

  // The file itself is reported as a test too: when it fails outside its tests, or passes without any.
  const isFile = (data: { readonly name: string }): boolean => data.name === path;
  const events = run({
    files: [path],
    cwd: root,
    timeout: testTimeoutMs,
    signal: abort.signal,
    ...(environment && { env: environment() }),
  });
  const print = ({ message }: { readonly message: string }): void => {
    output += message;
  };
  events.on('test:stdout', print).on('test:stderr', print);
  events.on('test:enqueue', (data) => {
    clearTimeout(lingering);
    if (!isFile(data)) open++;
  });
  events.on('test:complete', (data) => {
    clearTimeout(lingering);
    if (isFile(data) || --open > 0) return;
    lingering = setTimeout(end, LINGER_MS, 'all tests ended, but something they left open kept it running');
  });
  events.on('test:pass', (data) => {
    if (isFile(data)) failures.push({ title: 'the file', detail: 'holds no test' });
    else if (data.skip !== undefined || data.todo !== undefined) failures.push(unproven(data.name));
    else if (data.details.type !== 'suite') passed.push(data.name);
  });
  events.on('test:fail', (data) => {
    const { error, type } = data.details;
    if (!isFile(data)) onFailure?.(file);
    if (isFile(data)) failures.push({ title: 'the file', detail: ended ?? messageOf(error) });
    // A suite fails with its tests, which have been counted.
    else if (type === 'suite' && failureType(error) === 'subtestsFailed') return;
    else failures.push({ title: data.name, detail: messageOf(error) });
  });
  events.resume();
  await finished(events);
  clearTimeout(lingering);
  clearTimeout(tooLong);
  return { passed, failures, output, seconds: (performance.now() - started) / 1000 };
}

function unproven(title: string): { title: string; detail: string } {
  return { title, detail: 'was skipped or is still to do, which proves nothing' };
}

function failureType(error: Error): unknown {
  return 'failureType' in error ? error.failureType : undefined;
}

function messageOf(error: Error): string {
  const cause = error.cause ?? error;
  if (typeof cause === 'string') return cause;
  const text = cause instanceof Error ? (cause.stack ?? cause.message) : inspect(cause);
  return text.replaceAll(/\n +at (?:async )?[^\n]*(?:node:internal|Promise\.all \(index)[^\n]*/g, '');
}
