import { largest, sampleMemory, type MemorySample } from '../../memory.ts';

/** How a process's memory went over time. */
export interface MemoryCourse {
  readonly largest: MemorySample;
  /** The largest resident size in the last third divided by that in the middle third. */
  readonly growth: number;
  readonly samples: number;
}

/** Samples a process's memory every second until something is over. */
export async function watchMemory<T>(
  pid: number,
  over: Promise<T>,
): Promise<{ readonly result: T; readonly course: MemoryCourse }> {
  const samples: MemorySample[] = [sampleMemory(pid)];
  const timer = setInterval(() => samples.push(sampleMemory(pid)), 1000);
  try {
    const result = await over;
    return { result, course: courseOf(samples) };
  } finally {
    clearInterval(timer);
  }
}

/** Sums up samples taken at even intervals. */
export function courseOf(samples: readonly MemorySample[]): MemoryCourse {
  const third = Math.floor(samples.length / 3);
  const middle = largest(samples.slice(third, 2 * third));
  const last = largest(samples.slice(2 * third));
  return { largest: largest(samples), growth: last.resident / middle.resident, samples: samples.length };
}
