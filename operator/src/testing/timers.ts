import type { Timers } from '../queue/timers.ts';

/** Timers that a test turns. */
export interface ManualTimers extends Timers {
  /** Lets time pass; calls that are due run in order. */
  advance(byMs: number): void;
}

/** Timers that stand still until they are turned. */
export function manualTimers(startMs = 0): ManualTimers {
  let now = startMs;
  const calls = new Set<{ readonly at: number; readonly call: () => void }>();
  return {
    now: () => now,
    after(delayMs, call) {
      const entry = { at: now + delayMs, call };
      calls.add(entry);
      return () => calls.delete(entry);
    },
    advance(byMs) {
      const until = now + byMs;
      for (;;) {
        const due = [...calls].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        calls.delete(due);
        now = Math.max(now, due.at);
        due.call();
      }
      now = until;
    },
  };
}
