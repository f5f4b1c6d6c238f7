import { hourOf } from '../partition-names.ts';

/** What the partitions of one hour take. */
export interface KeptHour {
  /** Its beginning, in Unix milliseconds. */
  readonly hour: number;
  readonly bytes: number;
}

/** How long and how much may be kept. */
export interface RetentionLimits {
  readonly retentionMs: number;
  readonly retentionBytes: number;
}

/**
 * Decides from when on hours are kept: an hour goes when all of it is too old, and the oldest ones go until the rest is
 * small enough. The running hour and those to come always stay, and what has gone once never comes back.
 *
 * @param now Unix time in milliseconds
 * @param keptSince what was decided last
 */
export function decideKeptSince(
  hours: readonly KeptHour[],
  limits: RetentionLimits,
  now: number,
  keptSince: number,
): number {
  const byAge = Math.max(keptSince, hourOf(now - limits.retentionMs));
  const kept = hours.filter(({ hour }) => hour >= byAge).sort((a, b) => a.hour - b.hour);
  let bytes = kept.reduce((sum, hour) => sum + hour.bytes, 0);
  let since = byAge;
  for (const [index, hour] of kept.entries()) {
    if (bytes <= limits.retentionBytes || hour.hour >= hourOf(now)) break;
    bytes -= hour.bytes;
    // Up to the next one that there is: hours between them would be empty.
    since = Math.min(kept[index + 1]?.hour ?? hourOf(now), hourOf(now));
  }
  return since;
}
