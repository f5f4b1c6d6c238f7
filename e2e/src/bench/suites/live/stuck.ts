import type { ManagedProcess } from '@culvert/demo/launcher/process';
import type { Bench } from '../../context.ts';
import { sampleMemory } from '../../memory.ts';
import { median } from '../../statistics.ts';
import { load, VIEWERS } from './load.ts';
import type { LiveStack } from './stack.ts';
import { startStuck, startViewers } from './viewers.ts';

/** Of each protocol. Several, because the resident size of a process varies by as much as one of them may cost. */
const STUCK_EACH = 5;
export const STUCK = 2 * STUCK_EACH;
export const STUCK_SECONDS = 12;
/** All at once would be a burst: each is served at the full rate until its connection is full. */
const APART_MS = 2_000;
/** Until the size of the api no longer grows by itself. */
const WARM_UP_SECONDS = 10;

/** Resident sizes of the api in bytes, at the same rate. */
export interface StuckCost {
  readonly without: number;
  readonly with: number;
}

/** Measures the api's memory without and with subscribers that read nothing. */
export async function stuckCost(bench: Bench, { api, port }: LiveStack): Promise<StuckCost> {
  await startViewers(bench, { protocol: 'sse', port: api.port, count: VIEWERS });
  await load(bench, port, WARM_UP_SECONDS, '');
  // V8 keeps what it needed for a burst: what the first ones leave behind is not a cost of those that are there.
  await bench.children.stop(await comeStuck(bench, api.port, port));
  const without = await residentDuring(api.process.pid, load(bench, port, STUCK_SECONDS, ''));
  await comeStuck(bench, api.port, port);
  const withThem = await residentDuring(api.process.pid, load(bench, port, STUCK_SECONDS, ''));
  return { without, with: withThem };
}

/** Lets them come under load, until their connections are full. */
async function comeStuck(bench: Bench, apiPort: number, loadPort: number): Promise<ManagedProcess> {
  const filling = load(bench, loadPort, (STUCK * APART_MS) / 1000 + 4, '');
  const stuck = await startStuck(bench, { port: apiPort, each: STUCK_EACH, apartMs: APART_MS });
  await filling;
  return stuck;
}

/** The middle of a process's resident sizes in the second half of something. */
async function residentDuring(pid: number, over: Promise<unknown>): Promise<number> {
  const samples: number[] = [];
  const timer = setInterval(() => samples.push(sampleMemory(pid).resident), 250);
  try {
    await over;
  } finally {
    clearInterval(timer);
  }
  return median(samples.slice(samples.length >> 1));
}
