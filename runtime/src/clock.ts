/** Time, passed in so that tests can own it. */
export interface Clock {
  /** Unix time in milliseconds with microsecond fraction, never going back within a process. */
  now(): number;
}

/** Fixed at the start of the process; read once, because the getter costs as much as the clock. */
const origin = performance.timeOrigin;

/** The system's clock: the wall clock at start plus the monotonic clock since. */
export const systemClock: Clock = { now: () => origin + performance.now() };
