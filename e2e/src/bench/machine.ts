import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { cpus, release, totalmem, type } from 'node:os';
import { runCommand } from './run-command.ts';

/** One line about the machine: processor, cores, memory, kernel. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const memory = `${Math.round(totalmem() / 1024 ** 3)} GiB`;
  return `${model}, ${cpus().length} cores, ${memory}, ${type()} ${release()}`;
}

/**
 * How much of both cores is in use by others, over one second: 0 to 1.
 *
 * Numbers taken on a busy machine mean little, so they come with this.
 */
export async function busyShare(): Promise<number> {
  const before = coreTimes();
  await delay(1000);
  const after = coreTimes();
  return 1 - (after.idle - before.idle) / (after.total - before.total);
}

/** Puts this process and everything it starts from now on on some cores. */
export async function pinSelf(cores: '0' | '0,1'): Promise<void> {
  await runCommand(['taskset', '--all-tasks', '--cpu-list', '--pid', cores, String(process.pid)]);
}

/** Idle and all time of cores 0 and 1, from proc(5) `stat`, in ticks. */
function coreTimes(): { readonly idle: number; readonly total: number } {
  let [idle, total] = [0, 0];
  for (const [, fields] of readFileSync('/proc/stat', 'latin1').matchAll(/^cpu[01] (.*)$/gm)) {
    const ticks = (fields as string).trim().split(' ').map(Number);
    idle += (ticks[3] ?? 0) + (ticks[4] ?? 0);
    total += ticks.slice(0, 8).reduce((sum, value) => sum + value, 0);
  }
  return { idle, total };
}
