import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { descendants, readProcessTable } from '@culvert/demo/launcher/process-table';

/** The unit of CPU times in /proc on Linux, whatever the kernel's own tick. */
export const CLOCK_TICK_MS = 10;
const QUIET_STEP_MS = 100;
const QUIET_SHARE = 0.03;

/**
 * CPU time that a process and all its living descendants have used so far, user and system together.
 *
 * The scheduler's own account (`schedstat`) has nanoseconds, where `utime` and `stime` have ticks of 10 ms, too
 * coarse for a run of 400 requests. It forgets threads and children that ended, so the larger of both counts.
 *
 * @returns milliseconds
 */
export async function cpuMs(pid: number): Promise<number> {
  let total = 0;
  for (const each of [pid, ...descendants(await readProcessTable(), pid)])
    total += Math.max(scheduledMs(each), tickedMs(each) - CLOCK_TICK_MS);
  return total;
}

/**
 * Waits until a process has nearly nothing left to do, at most ten seconds.
 *
 * What remains after the load, such as publishing the last batches, belongs to the cost of the requests.
 */
export async function untilQuiet(pid: number): Promise<void> {
  let before = await cpuMs(pid);
  for (let i = 0; i < 100; i++) {
    await delay(QUIET_STEP_MS);
    const now = await cpuMs(pid);
    if (now - before < QUIET_STEP_MS * QUIET_SHARE) return;
    before = now;
  }
}

function scheduledMs(pid: number): number {
  let nanoseconds = 0;
  for (const thread of list(`/proc/${pid}/task`)) {
    nanoseconds += Number(read(`/proc/${pid}/task/${thread}/schedstat`)?.split(' ')[0] ?? 0);
  }
  return nanoseconds / 1e6;
}

/** utime, stime and the same of children that were waited for: fields 14 to 17 of proc(5) `stat`. */
function tickedMs(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return 0;
  // The second field, the name in parentheses, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) * CLOCK_TICK_MS;
}

function list(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return undefined;
  }
}
