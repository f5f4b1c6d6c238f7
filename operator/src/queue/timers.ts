/** Time and delayed calls, passed in so that tests can own them. */
export interface Timers {
  /** Milliseconds that never go back; their origin means nothing. */
  now(): number;
  /** Calls once after a delay in milliseconds; the returned function cancels that. */
  after(delayMs: number, call: () => void): () => void;
}

/** The system's timers. */
export const systemTimers: Timers = {
  now: () => performance.now(),
  after(delayMs, call) {
    const timer = setTimeout(call, delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
};
