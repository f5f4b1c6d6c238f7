import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { cpus, release, totalmem, type } from 'node:os';
import { CLOCK_TICK_MS } from './cpu.ts';
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
  const before = coreTimes([0, 1]);
  await delay(1000);
  const after = coreTimes([0, 1]);
  return 1 - (after.idle - before.idle) / (after.total - before.total);
}

/** Puts this process and everything it starts from now on on some cores. */
export async function pinSelf(cores: '0' | '0,1'): Promise<void> {
  await runCommand(['taskset', '--all-tasks', '--cpu-list', '--pid', cores, String(process.pid)]);
}

/** Milliseconds that a core has worked so far, for whomever, from proc(5) `stat`. */
export function coreBusyMs(core: number): number {
  const times = coreTimes([core]);
  return (times.total - times.idle) * CLOCK_TICK_MS;
}

/** Idle and all time of some cores, in ticks. */
function coreTimes(cores: readonly number[]): { readonly idle: number; readonly total: number } {
  let [idle, total] = [0, 0];
  const line = new RegExp(`^cpu(?:${cores.join('|')}) (.*)$`, 'gm');
  for (const [, fields] of readFileSync('/proc/stat', 'latin1').matchAll(line)) {
    const ticks = (fields as string).trim().split(' ').map(Number);
    idle += (ticks[3] ?? 0) + (ticks[4] ?? 0);
    total += ticks.slice(0, 8).reduce((sum, value) => sum + value, 0);
  }
  return { idle, total };
}
