import type { ExchangeState } from './exchange-state.ts';
import type { KnownEnd } from './message-end.ts';

/** The states of a body with what they say. */
export const BODY_STATES = {
  PENDING: 'More may come: the exchange has not ended, or not all that was captured is stored yet.',
  NOT_CAPTURED: 'A body passed, and nothing of it was kept.',
  INCOMPLETE:
    'Something is missing for good, or may be: captured pieces were lost, the exchange was, or the message was not read to its end.',
  TRUNCATED: 'Its beginning is here; more passed than was to be kept.',
  CUT_OFF: 'The message broke off on the wire, or never began. All of it that passed is here.',
  COMPLETE: 'The message ended, and all of its body is here. It may be empty.',
  WITHHELD: 'It could not be redacted, so it was not kept.',
} as const;
export type BodyState = keyof typeof BODY_STATES;

/** Chunks that have not come so long after their exchange are given up. In milliseconds. */
export const BODY_GIVEN_UP_AFTER_MS = 60_000;

/** What decides about one body. */
export interface BodyFacts {
  readonly exchange: ExchangeState;
  /** Whether the exchange's end, which tells the sizes, has come. */
  readonly ended: boolean;
  /** How its message ended on the wire. */
  readonly messageEnd: KnownEnd;
  /** On the wire, without chunk framing. */
  readonly totalBytes: number;
  /** Handed over by the agent. */
  readonly capturedBytes: number;
  /** In the table of bodies. */
  readonly storedBytes: number;
  /** Unix time in milliseconds. */
  readonly receivedAt: number;
}

/**
 * The state of a body at the Unix time `now`, in milliseconds. What is missing here is told before what was missing on
 * the wire: only of a body that is here as far as it passed does it say how the message ended.
 */
export function bodyState(facts: BodyFacts, now: number): BodyState {
  if (!facts.ended) return facts.exchange === 'INCOMPLETE' ? 'INCOMPLETE' : 'PENDING';
  if (facts.totalBytes > 0 && facts.capturedBytes === 0) return 'NOT_CAPTURED';
  if (facts.storedBytes < facts.capturedBytes)
    return now - facts.receivedAt > BODY_GIVEN_UP_AFTER_MS ? 'INCOMPLETE' : 'PENDING';
  if (facts.capturedBytes < facts.totalBytes) return 'TRUNCATED';
  return STATE_OF_ALL_THAT_PASSED[facts.messageEnd];
}

const STATE_OF_ALL_THAT_PASSED = { whole: 'COMPLETE', cut: 'CUT_OFF', unknown: 'INCOMPLETE' } as const;

/** Whether the state of a body depends on how much of it is stored. */
export function asksForStored(facts: Pick<BodyFacts, 'ended' | 'totalBytes' | 'capturedBytes'>): boolean {
  return facts.ended && facts.totalBytes > 0 && facts.capturedBytes > 0;
}
