import type { Timers } from './timers.ts';

/** How a queue works. */
export interface WorkQueueOptions {
  readonly timers: Timers;
  /** How many keys are worked on at once. */
  readonly workers: number;
  /** Bounds of the delay after failures of one key, in milliseconds: it doubles from the first to the last. */
  readonly retry: { readonly firstMs: number; readonly maxMs: number };
  /** The work on a key. What it throws makes the key come again later. */
  readonly work: (key: string) => Promise<void>;
  /** Sees each failure, `attempt` counting from 1, and when the key comes again. */
  readonly onFailure?: (key: string, error: unknown, attempt: number, delayMs: number) => void;
}

/**
 * Keys that wait for work. A key that is added while it waits is worked on once; one that is added while it is worked
 * on comes again afterwards; nothing works on one key twice at once.
 */
export interface WorkQueue {
  add(key: string): void;
  /** Adds a key after a delay in milliseconds, or earlier where it was to come earlier anyway. */
  addAfter(key: string, delayMs: number): void;
  /** Keys that could be worked on now, if there were workers. */
  readonly depth: number;
  /** Keys that are worked on. */
  readonly active: number;
  /** Keys that wait for their time. */
  readonly delayed: number;
  /** How many times a key has come again after a failure. */
  readonly retries: number;
  /** Takes no more; resolves when what is worked on has ended. */
  stop(): Promise<void>;
}

/** Builds an empty queue. */
export function createWorkQueue(options: WorkQueueOptions): WorkQueue {
  const { timers, retry } = options;
  const waiting = new Set<string>(); // in the order of their arrival
  const active = new Set<string>();
  const again = new Set<string>(); // added while worked on
  const delayed = new Map<string, { readonly at: number; readonly cancel: () => void }>();
  const failures = new Map<string, number>();
  const idle: (() => void)[] = [];
  let retries = 0;
  let stopped = false;

  const add = (key: string): void => {
    if (stopped) return;
    delayed.get(key)?.cancel();
    delayed.delete(key);
    if (active.has(key)) again.add(key);
    else waiting.add(key);
    advance();
  };

  const addAfter = (key: string, delayMs: number): void => {
    if (stopped || waiting.has(key)) return;
    const at = timers.now() + delayMs;
    const earlier = delayed.get(key);
    if (earlier !== undefined && earlier.at <= at) return;
    earlier?.cancel();
    const cancel = timers.after(delayMs, () => {
      add(key);
    });
    delayed.set(key, { at, cancel });
  };

  const advance = (): void => {
    for (const key of waiting) {
      if (active.size >= options.workers) return;
      waiting.delete(key);
      active.add(key);
      void run(key);
    }
  };

  const run = async (key: string): Promise<void> => {
    try {
      await options.work(key);
      failures.delete(key);
    } catch (error) {
      const attempt = (failures.get(key) ?? 0) + 1;
      failures.set(key, attempt);
      const delayMs = Math.min(retry.maxMs, retry.firstMs * 2 ** (attempt - 1));
      retries++;
      options.onFailure?.(key, error, attempt, delayMs);
      addAfter(key, delayMs);
    }
    active.delete(key);
    if (again.delete(key)) waiting.add(key);
    if (!stopped) advance();
    else if (active.size === 0) for (const resolve of idle.splice(0)) resolve();
  };

  return {
    add,
    addAfter,
    get depth() {
      return waiting.size;
    },
    get active() {
      return active.size;
    },
    get delayed() {
      return delayed.size;
    },
    get retries() {
      return retries;
    },
    stop() {
      stopped = true;
      waiting.clear();
      again.clear();
      for (const { cancel } of delayed.values()) cancel();
      delayed.clear();
      return active.size === 0 ? Promise.resolve() : new Promise((resolve) => idle.push(resolve));
    },
  };
}
