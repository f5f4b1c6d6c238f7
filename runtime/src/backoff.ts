/**
 * Delays between attempts: the first retry at once, then exponential from `firstMs` to `maxMs` with full jitter
 * (the delay is drawn evenly from 0 to the bound, so that many agents don't return in step).
 */
export interface Backoff {
  /** The delay in milliseconds before the next attempt. */
  next(): number;
  /** An attempt succeeded: the next failure starts over. */
  reset(): void;
}

/**
 * @param options the bounds in milliseconds; `random` yields numbers from 0 up to 1
 */
export function createBackoff(options: {
  readonly firstMs: number;
  readonly maxMs: number;
  readonly random?: () => number;
}): Backoff {
  const random = options.random ?? Math.random;
  let attempt = 0;
  return {
    next() {
      const bound = attempt === 0 ? 0 : Math.min(options.maxMs, options.firstMs * 2 ** (attempt - 1));
      attempt++;
      return Math.round(bound * random());
    },
    reset() {
      attempt = 0;
    },
  };
}
