import { HOUR_MS, MINUTE_MS } from '../store/partition-names.ts';

/** How long rollups are kept, in milliseconds. */
export interface RollupLimits {
  readonly minutesKeptMs: number;
  readonly hoursKeptMs: number;
}

/** What holds unless a deployment says otherwise. */
export const DEFAULT_ROLLUP_LIMITS: RollupLimits = {
  minutesKeptMs: 24 * HOUR_MS,
  hoursKeptMs: 7 * 24 * HOUR_MS,
};

/** From when on minutes are kept, in Unix milliseconds: one more than are asked for, so that each of them is whole. */
export function minutesKeptSince(limits: RollupLimits, now: number): number {
  return now - limits.minutesKeptMs - MINUTE_MS;
}

/** From when on hours are kept, in Unix milliseconds. */
export function hoursKeptSince(limits: RollupLimits, now: number): number {
  return now - limits.hoursKeptMs - HOUR_MS;
}
