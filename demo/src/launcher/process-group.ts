import { spawn } from 'node:child_process';

const guarded = new Set<number>();

process.on('exit', () => {
  for (const group of guarded) signalGroup(group, 'SIGKILL');
});

/** Sends a signal to every process of a group; one that has ended already is no fault. */
export function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * Sees to it that a process group doesn't outlive this process: it is killed when this process exits and also when
 * this process is killed itself. For the latter a small shell waits for its standard input to end.
 *
 * @param group the id of the group's leader
 * @returns call it when the group has ended by itself
 */
export function guardGroup(group: number): () => void {
  guarded.add(group);
  const watchdog = spawn('/bin/sh', ['-c', 'read -r word || kill -s KILL -- "-$0"', String(group)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
  });
  watchdog.on('error', () => undefined); // no shell: the exit handler above still stands
  watchdog.stdin.on('error', () => undefined);
  watchdog.unref();
  (watchdog.stdin as unknown as { unref(): void }).unref();
  return () => {
    guarded.delete(group);
    watchdog.stdin.end('ended\n');
  };
}
