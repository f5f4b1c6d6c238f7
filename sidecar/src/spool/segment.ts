import type { EventKind } from '@culvert/proto';

/** What became of a segment; open exchanges keep this and not the segment with its buffer. */
export interface Fate {
  /** Dropped before it was sent. */
  discarded: boolean;
}

/** Encoded events on their way into one batch. */
export interface Segment {
  readonly kind: EventKind;
  readonly buffer: Buffer;
  /** Events stand from {@link Segment.start} to here; the room before is for the batch's own fields. */
  end: number;
  readonly start: number;
  events: number;
  /** What the books count here: exchanges that end in this segment, or events of the other kinds. */
  counted: number;
  /** Unix milliseconds of the first event. */
  readonly since: number;
  readonly fate: Fate;
  /** Ends of exchanges whose first parts stand in segments that may still be dropped. */
  dependents: DependentEnd[] | null;
  /** The other parts of the segment that this one was cut from: together they count as one towards the limit. */
  readonly siblings: { left: number } | null;
}

/** An end event that makes no sense without the parts before it. */
export interface DependentEnd {
  readonly parts: readonly Fate[];
  readonly start: number;
  readonly end: number;
}

/**
 * Takes the ends out of a segment whose first parts were dropped since.
 *
 * @returns how many events were taken out
 */
export function cutOrphans(segment: Segment): number {
  if (segment.dependents === null) return 0;
  let cut = 0;
  // From the back, so that the offsets before stay true.
  for (const dependent of segment.dependents.toReversed()) {
    if (!dependent.parts.some((part) => part.discarded)) continue;
    segment.buffer.copyWithin(dependent.start, dependent.end, segment.end);
    segment.end -= dependent.end - dependent.start;
    cut++;
  }
  segment.dependents = null;
  segment.events -= cut;
  segment.counted -= cut;
  return cut;
}
