/**
 * An environment without libraries that are loaded before a program's own: one that plays the clock, such as libfaketime, keeps
 * the timers of Postgres from firing and Chromium from starting.
 */
export function withoutPreloads(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => name !== 'LD_PRELOAD'));
}
