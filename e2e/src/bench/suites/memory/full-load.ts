import { runWrk } from '../../load/wrk.ts';
import type { Subject } from './subject.ts';
import { watchMemory, type MemoryCourse } from './watch.ts';

const PURGE_EVERY_MS = 10_000;

/** Memory at the highest rate that the sidecar forwards. */
export interface FullLoad extends MemoryCourse {
  readonly requestsPerSecond: number;
}

/** Loads without a limit; the stream is emptied now and then, because nobody reads it and it would fill up. */
export async function fullLoad({ bench, rig, port, pid }: Subject): Promise<FullLoad> {
  let purging = Promise.resolve();
  const timer = setInterval(() => {
    purging = purging.then(() => rig.streams.purge());
  }, PURGE_EVERY_MS);
  try {
    const { result, course } = await watchMemory(pid, runWrk(bench, port, bench.config.memorySeconds));
    return { ...course, requestsPerSecond: result.requestsPerSecond };
  } finally {
    clearInterval(timer);
    await purging;
  }
}
