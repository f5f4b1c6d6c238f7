import { hoursKeptSince, minutesKeptSince, type RollupLimits } from '../rollups/limits.ts';
import { HOUR_MS, MINUTE_MS } from '../store/partition-names.ts';
import { badArgument } from './bad-argument.ts';

export const STATS_BUCKETS = ['MINUTE', 'FIVE_MINUTES', 'HOUR', 'DAY'] as const;
export type StatsBucket = (typeof STATS_BUCKETS)[number];

/** A span of time in Unix milliseconds; its end does not belong to it. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What of which table answers for a span of time. */
export interface StatsRange {
  /** As widened to whole minutes or hours. */
  readonly all: Span;
  /** How long a bucket is, in milliseconds; undefined for one bucket. */
  readonly bucketMs: number | undefined;
  /** Spans that together are all of it. */
  readonly pieces: readonly Piece[];
}

/** A span that consists of whole steps of a table. */
export interface Piece extends Span {
  readonly step: Step;
}

/** The tables of rollups, by how much time a row of them holds. */
export type Step = 'minute' | 'hour' | 'six_hours';

/** How long steps are. */
export const STEP_MS: Readonly<Record<Step, number>> = {
  minute: MINUTE_MS,
  hour: HOUR_MS,
  six_hours: 6 * HOUR_MS,
};
const BUCKET_MS: Readonly<Record<StatsBucket, number>> = {
  MINUTE: MINUTE_MS,
  FIVE_MINUTES: 5 * MINUTE_MS,
  HOUR: HOUR_MS,
  DAY: 24 * HOUR_MS,
};
/** Longer spans are widened to whole hours. */
export const LONGEST_BY_MINUTE_MS = 6 * HOUR_MS;
/** How many buckets one query may ask for. */
export const MOST_BUCKETS = 2_000;

/**
 * Decides which tables answer. Times are in Unix milliseconds.
 *
 * @param until now, if it is not given
 * @throws GraphQLError `BAD_USER_INPUT` when the span is inverted, no longer kept, or has too many buckets
 */
export function planStatsRange(
  given: {
    readonly since: number;
    readonly until: number | undefined;
    readonly bucket: StatsBucket | undefined;
  },
  limits: RollupLimits,
  now: number,
): StatsRange {
  const { since, until = now, bucket } = given;
  if (!(since < until))
    throw badArgument('since', 'it is not before until', `a moment before ${instant(until)}`);
  if (since < hoursKeptSince(limits, now))
    throw badArgument(
      'since',
      'so old exchanges are no longer counted',
      `from ${instant(now - limits.hoursKeptMs)} on`,
    );
  const byMinute = takesMinutes(since, until, bucket, limits, now);
  const least = byMinute ? MINUTE_MS : HOUR_MS;
  const all = { from: floor(since, least), to: ceil(until, least) };
  const bucketMs = bucket === undefined ? undefined : BUCKET_MS[bucket];
  if (bucketMs !== undefined) checkBuckets(all, bucketMs);
  const steps = (Object.keys(STEP_MS) as Step[]).filter(
    (step) => STEP_MS[step] >= least && STEP_MS[step] <= (bucketMs ?? Infinity),
  );
  return { all, bucketMs, pieces: cover(all, steps) };
}

/** Takes the largest steps that fit, and smaller ones before and after them. Steps grow. */
function cover(all: Span, steps: readonly Step[]): Piece[] {
  const step = steps.at(-1);
  if (step === undefined || all.from >= all.to) return [];
  const from = ceil(all.from, STEP_MS[step]);
  const to = floor(all.to, STEP_MS[step]);
  const smaller = steps.slice(0, -1);
  if (from >= to) return cover(all, smaller);
  return [
    ...cover({ from: all.from, to: from }, smaller),
    { step, from, to },
    ...cover({ from: to, to: all.to }, smaller),
  ];
}

function takesMinutes(
  since: number,
  until: number,
  bucket: StatsBucket | undefined,
  limits: RollupLimits,
  now: number,
): boolean {
  const kept = since >= minutesKeptSince(limits, now);
  if (bucket === undefined) return kept && until - since <= LONGEST_BY_MINUTE_MS;
  if (BUCKET_MS[bucket] >= HOUR_MS) return false;
  if (!kept)
    throw badArgument(
      'bucket',
      'so old exchanges are no longer counted by the minute',
      `HOUR, DAY or none, or since from ${instant(now - limits.minutesKeptMs)} on`,
    );
  return true;
}

function checkBuckets({ from, to }: Span, bucketMs: number): void {
  const buckets = Math.ceil((to - floor(from, bucketMs)) / bucketMs);
  if (buckets > MOST_BUCKETS)
    throw badArgument(
      'bucket',
      `from since to until there are ${buckets}`,
      `at most ${MOST_BUCKETS} buckets`,
    );
}

function instant(unixMs: number): string {
  return new Date(unixMs).toISOString();
}

function floor(value: number, step: number): number {
  return Math.floor(value / step) * step;
}

function ceil(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
