import { runVegeta } from '../../load/vegeta.ts';
import type { Subject } from './subject.ts';
import { watchMemory, type MemoryCourse } from './watch.ts';

const WARM_UP_SECONDS = 20;

/** Memory at a steady rate. */
export type SteadyLoad = MemoryCourse;

/** Loads at a fixed rate and watches once the sidecar has warmed up at that rate. */
export async function steadyLoad({ bench, port, pid }: Subject, rate: number): Promise<SteadyLoad> {
  const seconds = bench.config.memorySeconds;
  await runVegeta(bench, { port, rate, seconds: Math.min(WARM_UP_SECONDS, seconds) });
  const { course } = await watchMemory(pid, runVegeta(bench, { port, rate, seconds }));
  return course;
}
