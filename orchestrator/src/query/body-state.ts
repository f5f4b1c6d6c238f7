import type { ExchangeState } from './exchange-state.ts';

export const BODY_STATES = [
  'NOT_CAPTURED',
  'PENDING',
  'COMPLETE',
  'TRUNCATED',
  'INCOMPLETE',
  'WITHHELD',
] as const;
export type BodyState = (typeof BODY_STATES)[number];

/** Chunks that have not come so long after their exchange are given up. In milliseconds. */
export const BODY_GIVEN_UP_AFTER_MS = 60_000;

/** What decides about one body. */
export interface BodyFacts {
  readonly exchange: ExchangeState;
  /** Whether the exchange's end, which tells the sizes, has come. */
  readonly ended: boolean;
  /** On the wire, without chunk framing. */
  readonly totalBytes: number;
  /** Handed over by the agent. */
  readonly capturedBytes: number;
  /** In the table of bodies. */
  readonly storedBytes: number;
  /** Unix time in milliseconds. */
  readonly receivedAt: number;
}

/** The state of a body at the Unix time `now`, in milliseconds. */
export function bodyState(facts: BodyFacts, now: number): BodyState {
  if (!facts.ended) return facts.exchange === 'INCOMPLETE' ? 'INCOMPLETE' : 'PENDING';
  if (facts.totalBytes === 0) return 'COMPLETE';
  if (facts.capturedBytes === 0) return 'NOT_CAPTURED';
  if (facts.storedBytes < facts.capturedBytes)
    return now - facts.receivedAt > BODY_GIVEN_UP_AFTER_MS ? 'INCOMPLETE' : 'PENDING';
  return facts.capturedBytes < facts.totalBytes ? 'TRUNCATED' : 'COMPLETE';
}

/** Whether the state of a body depends on how much of it is stored. */
export function asksForStored(facts: Pick<BodyFacts, 'ended' | 'totalBytes' | 'capturedBytes'>): boolean {
  return facts.ended && facts.totalBytes > 0 && facts.capturedBytes > 0;
}
