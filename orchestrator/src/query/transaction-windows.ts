import { leadingTime, lowestRequestId } from '@culvert/traffic/request-id';
import { sliceOf } from '../store/indexes/slices.ts';
import { HOUR_MS, hourOf } from '../store/partition-names.ts';

/** Planning takes time for each partition, and what is fetched to be sorted must fit into memory. */
const MOST_PARTITIONS = 12;
/** How many windows are read at the same time, each on a connection of its own. */
const AT_ONCE = 2;
/** How many matches a window should hold: some times as many as are missing, or it would be followed by too many others. */
const LEAST_MATCHES = 400;
const SURPLUS = 4;

/** Request ids from `from` on and before `before`; undefined for no bound. */
export interface Window {
  readonly from: string | undefined;
  readonly before: string | undefined;
}

/** What has been looked through so far. */
export interface Progress {
  /** The time that it spans, in milliseconds. */
  readonly spanMs: number;
  readonly found: number;
  /** How many matches are still missing. */
  readonly missing: number;
}

/** The later one of two lower bounds. */
export function laterBound(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a > b ? a : b;
}

/** The earlier one of two upper bounds. */
export function earlierBound(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? a : b;
}

/**
 * Where to look first: from the hour before the upper bound on, or before now if that is earlier. Two hours, because
 * one may just have begun; open above, because clocks of agents may be ahead.
 *
 * @param now Unix time in milliseconds
 */
export function firstWindow(bounds: Window, now: number): Window {
  const top = bounds.before === undefined ? now : Math.min(leadingTime(bounds.before), now);
  return {
    from: laterBound(bounds.from, lowestRequestId(Math.max(hourOf(top) - HOUR_MS, 0))),
    before: bounds.before,
  };
}

/**
 * Where to look next, below what has been looked through: as far back as the missing matches should be, by how many
 * there were so far, and to the beginning of a partition unless that is much further. If that is far, in several
 * windows one after the other, to be read at the same time.
 *
 * @param position the lowest id that has been looked at
 * @param starts where partitions begin, the newest first
 * @param sliced from which Unix time in milliseconds on windows keep to slices of an hour, which have indexes of their
 *   own until the hour has; Infinity for a filter that none of these serves
 * @returns the newest one first; none when nothing is left
 */
export function nextWindows(
  bounds: Window,
  position: string,
  starts: readonly string[],
  progress: Progress,
  sliced: number,
): Window[] {
  const wanted = Math.max(LEAST_MATCHES, SURPLUS * progress.missing);
  const span = (progress.spanMs * wanted) / (progress.found + 1);
  const target = lowestRequestId(Math.max(leadingTime(position) - span, 0));
  const windows: Window[] = [];
  for (let before = position; windows.length < AT_ONCE && before > target;) {
    if (bounds.from !== undefined && before <= bounds.from) break;
    const from = endBelow(before, starts, target, sliced);
    if (from === undefined) break;
    const window = { from: laterBound(bounds.from, from) ?? from, before };
    windows.push(window);
    before = window.from;
  }
  return windows;
}

/** The lower end of a window; undefined when there are no partitions below its upper one. */
function endBelow(
  before: string,
  starts: readonly string[],
  target: string,
  sliced: number,
): string | undefined {
  const left = starts.filter((start) => start < before).slice(0, MOST_PARTITIONS);
  const [own] = left;
  if (own === undefined) return undefined;
  const [begin, end, aim] = [leadingTime(own), leadingTime(before), leadingTime(target)];
  // Ids are not below the lowest one of their millisecond.
  const last = before > lowestRequestId(end) ? end : end - 1;
  const inSlices = last >= sliced && last < begin + HOUR_MS;
  const low = inSlices ? Math.max(sliceOf(last), begin) : begin;
  if (aim - low > (end - low) / 2) return target;
  if (inSlices) return lowestRequestId(low);
  return left.find((start) => start <= target) ?? left.at(-1);
}
