import type { Hole } from './sequences.ts';

/** Waits for what is missing before it is called lost. */
export interface GapWatch {
  expect(hole: Hole): void;
  forget(): void;
}

/** What {@link createGapWatch} works with. */
export interface GapWatchOptions {
  /** For how long missing events may still come, in milliseconds: batches that were published again overtake nobody. */
  readonly graceMs: number;
  /** How many events of a hole have not come. */
  readonly missing: (hole: Hole) => number;
  /** So many of them are lost. */
  readonly onLost: (hole: Hole, lost: number) => void;
}

/** Looks again at each hole after a time of grace, and tells if something is still missing. */
export function createGapWatch({ graceMs, missing, onLost }: GapWatchOptions): GapWatch {
  const timers = new Set<NodeJS.Timeout>();
  return {
    expect(hole) {
      const timer = setTimeout(() => {
        timers.delete(timer);
        const lost = missing(hole);
        if (lost > 0) onLost(hole, lost);
      }, graceMs);
      timer.unref();
      timers.add(timer);
    },
    forget() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
