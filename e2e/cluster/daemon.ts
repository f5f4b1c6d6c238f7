import { basename } from 'node:path';
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { becomesTrue } from '@culvert/demo/launcher/wait';
import { inside, place, type Cluster } from './layout.ts';

/**
 * Starts a program inside the namespace that outlives this process, and remembers its id in a file.
 *
 * @param ready asked until it says true; an error counts as not yet
 * @throws Error with the last lines of its log when it ends or isn't ready in time
 */
export async function startDaemon(
  cluster: Cluster,
  name: string,
  command: readonly string[],
  ready: () => Promise<boolean> = () => Promise.resolve(true),
): Promise<void> {
  const logFile = place(cluster, 'logs', `${name}.log`);
  const log = openSync(logFile, 'a');
  const [program = '', ...args] = [...inside(cluster), ...command];
  const child = spawn(program, args, {
    cwd: cluster.directory,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  const pid = child.pid ?? 0;
  child.unref();
  writeFileSync(place(cluster, 'pids', name), `${pid} ${startTime(pid) ?? ''}\n`);
  const ended = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const good = await becomesTrue(async () => ended() || (await ready().catch(() => false)), {
    timeoutMs: 90_000,
    everyMs: 100,
  });
  if (good && !ended()) return;
  const tail = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
  throw new Error(
    `${name} ${ended() ? 'ended at once' : 'was not ready after 90 s'}. Its last lines:\n${tail}`,
  );
}

/** Ends programs that {@link startDaemon} started, politely at first where `graceMs` isn't 0. */
export async function stopDaemons(
  cluster: Cluster,
  names: readonly string[],
  graceMs: number,
): Promise<void> {
  await Promise.all(
    names.map(async (name) => {
      const daemon = readPid(cluster, name);
      if (daemon === undefined) return;
      const gone = (): boolean => startTime(daemon.pid) !== daemon.started;
      if (graceMs > 0 && !gone()) signal(daemon.pid, 'SIGTERM');
      if (graceMs > 0 && (await becomesTrue(gone, { timeoutMs: graceMs }))) return;
      if (!gone()) signal(daemon.pid, 'SIGKILL');
      await becomesTrue(gone, { timeoutMs: 10_000 });
    }),
  );
}

/** Whether a program that {@link startDaemon} started still runs. */
export function isRunning(cluster: Cluster, name: string): boolean {
  const daemon = readPid(cluster, name);
  return daemon !== undefined && startTime(daemon.pid) === daemon.started;
}

/** Whether a command line is that of a program whose name begins so and that was told a socket as its `-address`. */
export function namesSocket(commandLine: readonly string[], program: string, socket: string): boolean {
  const [path = '', ...args] = commandLine;
  return (
    basename(path).startsWith(program) &&
    args.some((arg, index) => arg === '-address' && args[index + 1] === socket)
  );
}

/** SIGKILL for every process that {@link namesSocket}; resolves when they are gone. */
export async function killBySocket(program: string, socket: string): Promise<void> {
  const holding = async (): Promise<number[]> => {
    const ids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry)).map(Number);
    return ids.filter((pid) => pid !== process.pid && namesSocket(commandLine(pid), program, socket));
  };
  for (const pid of await holding()) signal(pid, 'SIGKILL');
  await becomesTrue(async () => (await holding()).length === 0, { timeoutMs: 10_000, everyMs: 100 });
}

/** Sends a signal; a process that has ended already is no fault. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

// Ids are given out again: only together with the time of its start does one name a process.
function readPid(cluster: Cluster, name: string): { pid: number; started: string } | undefined {
  const [pid, started] = read(place(cluster, 'pids', name))
    .trim()
    .split(' ');
  return pid === undefined || started === undefined ? undefined : { pid: Number(pid), started };
}

function startTime(pid: number): string | undefined {
  const fields = read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
  return fields[0] === 'Z' ? undefined : fields[19];
}

function commandLine(pid: number): readonly string[] {
  return read(`/proc/${pid}/cmdline`).split('\0');
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // it has ended, or was never there
  }
}
