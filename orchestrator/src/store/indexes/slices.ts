import { HOUR_MS } from '../partition-names.ts';

/**
 * The indexes that an hour gets when it is over are made for parts of it before: for each slice of this many
 * milliseconds, a moment after its end. A whole number of slices makes an hour.
 */
export const SLICE_MS = 12 * 60_000;

/** Exchanges that began in an hour, or in a slice of it, are still coming for a while. In milliseconds. */
export const LATE_MS = 2 * 60_000;

/** The beginning of the slice that holds a time. Both are Unix times in milliseconds. */
export function sliceOf(unixMs: number): number {
  return Math.floor(unixMs / SLICE_MS) * SLICE_MS;
}

/**
 * The slices of a running hour that are over. The last one is over when the hour is, and then there is no need for
 * slices any more.
 *
 * @param hour its beginning; all are Unix times in milliseconds
 * @returns their beginnings
 */
export function slicesOver(hour: number, now: number): number[] {
  const slices: number[] = [];
  for (let slice = hour; slice + SLICE_MS < hour + HOUR_MS; slice += SLICE_MS)
    if (slice + SLICE_MS + LATE_MS <= now) slices.push(slice);
  return slices;
}
