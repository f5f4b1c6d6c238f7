/** Time, passed in so that tests can own it. */
export interface Clock {
  /** Unix time in milliseconds with microsecond fraction, never going back within a process. */
  now(): number;
}

/** The system's clock: the wall clock at start plus the monotonic clock since. */
export const systemClock: Clock = { now: () => performance.timeOrigin + performance.now() };
