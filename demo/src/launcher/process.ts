import { spawn } from 'node:child_process';
import { collectOutput } from './output.ts';
import { guardGroup, signalGroup } from './process-group.ts';
import { descendants, readProcessTable } from './process-table.ts';
import { becomesTrue } from './wait.ts';

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What to start and how to tell that it works. */
export interface ProcessOptions {
  /** How messages call it, such as `nats-server`. */
  readonly name: string;
  readonly command: string;
  readonly args?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
  readonly directory?: string;
  /** Standard output and error are appended here. */
  readonly logFile?: string | undefined;
  /** Sees each line of output. */
  readonly onLine?: (line: string) => void;
  /** Asked every 20 ms until it says true; then the process counts as started. */
  readonly ready: (pid: number) => Promise<boolean> | boolean;
  readonly readyTimeoutMs?: number;
  /** How long {@link ManagedProcess.stop} waits before it kills. */
  readonly stopTimeoutMs?: number;
}

/** A process in a group of its own, which doesn't get the terminal's Ctrl-C. */
export interface ManagedProcess {
  readonly name: string;
  readonly pid: number;
  /** Resolves when the process ends, for whatever reason. */
  readonly exited: Promise<Exit>;
  readonly running: boolean;
  /** The last lines of its output. */
  tail(lines?: number): string;
  /** Asks it to end with a signal (SIGTERM by default) and kills the group when it takes too long. */
  stop(signal?: NodeJS.Signals): Promise<Exit>;
  /** SIGKILL for its group and everything that descends from it; resolves when all of them are gone. */
  kill(): Promise<Exit>;
}

/**
 * Starts a process and waits until it is ready.
 *
 * @throws Error that says what went wrong and ends with the last lines of output; nothing is left running then
 */
export async function startProcess(options: ProcessOptions): Promise<ManagedProcess> {
  const child = spawn(options.command, options.args ?? [], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.environment && { env: options.environment }),
    ...(options.directory !== undefined && { cwd: options.directory }),
  });
  const output = collectOutput(options.logFile, options.onLine);
  output.follow(child.stdout);
  output.follow(child.stderr);
  let exit: Exit | undefined;
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      const how = (exit = { code, signal });
      signalGroup(child.pid ?? 0, 'SIGKILL'); // what the leader left behind
      const end = (): void => {
        clearTimeout(timer);
        output.close();
        resolve(how);
      };
      // Output ends when the last holder of the pipes does, which may be a process that left the group.
      const timer = setTimeout(end, 2_000);
      child.once('close', end);
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => {
      reject(new Error(`${options.name} cannot be started: ${error.message}`));
    });
  });
  const pid = child.pid ?? 0;
  const release = guardGroup(pid);
  void exited.then(release);

  const managed: ManagedProcess = {
    name: options.name,
    pid,
    exited,
    get running() {
      return exit === undefined;
    },
    tail: (lines) => output.tail(lines),
    async stop(signal = 'SIGTERM') {
      if (exit === undefined) child.kill(signal);
      const inTime = await becomesTrue(() => exit !== undefined, {
        timeoutMs: options.stopTimeoutMs ?? 20_000,
      });
      if (!inTime) return managed.kill();
      return exited;
    },
    async kill() {
      const below = descendants(await readProcessTable(), pid);
      if (exit === undefined) signalGroup(pid, 'SIGKILL');
      for (const other of below) killQuietly(other);
      await exited;
      await becomesTrue(
        async () => (await readProcessTable()).every((row) => row.group !== pid && !below.includes(row.pid)),
        { timeoutMs: 5_000 },
      );
      return exited;
    },
  };

  const timeoutMs = options.readyTimeoutMs ?? 30_000;
  const ready = await becomesTrue(async () => exit !== undefined || (await options.ready(pid)), {
    timeoutMs,
  }).catch(async (error: unknown) => {
    await managed.kill();
    throw error;
  });
  if (exit === undefined && ready) return managed;
  const what =
    exit === undefined
      ? `was not ready after ${timeoutMs / 1000} s`
      : `ended at once (${describeExit(exit)})`;
  await managed.kill();
  throw new Error(`${options.name} ${what}. Its last lines:\n${output.tail() || '(no output)'}`);
}

/** Words for how a process ended, such as `status 1` or `SIGKILL`. */
export function describeExit(exit: Exit): string {
  return exit.signal ?? `status ${exit.code ?? 'unknown'}`;
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended already
  }
}
