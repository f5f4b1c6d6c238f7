import type { ExchangeMatcher } from '../filter/match.ts';
import type { LiveExchange } from './live-exchange.ts';

/** What somebody who follows traffic gets. */
export type TrafficUpdate = LiveExchange | Gap;

/** Stands where updates are missing. */
export interface Gap {
  /** How many at most. */
  readonly lost: number;
  /** Unix time in milliseconds from which on they are missing. */
  readonly since: number;
}

/** Whether an update stands for missing ones. */
export function isGap(update: TrafficUpdate): update is Gap {
  return 'lost' in update;
}

const GAP_BYTES = 100;

/** What an update takes in memory, in bytes. */
export function weighUpdate(update: TrafficUpdate): number {
  return isGap(update) ? GAP_BYTES : update.bytes;
}

/** The gap that stands for an update that went, and for those that went before. */
export function gapInstead(dropped: TrafficUpdate, before: TrafficUpdate | undefined): Gap {
  const { lost, since } = isGap(dropped) ? dropped : { lost: 1, since: dropped.now };
  if (before === undefined || !isGap(before)) return { lost, since };
  return { lost: before.lost + lost, since: Math.min(before.since, since) };
}

/** What somebody follows. */
export interface Wants {
  readonly matcher: ExchangeMatcher;
  /** When this began, in Unix milliseconds. */
  readonly from: number;
}
