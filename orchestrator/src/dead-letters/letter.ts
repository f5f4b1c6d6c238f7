import { DEAD_LETTER_REASONS, type DeadLetterReason } from '../ingest/dead-letter.ts';

/** Why letters were set aside, as rows have it. Rows of a newer release may have others. */
export const LETTER_REASONS = DEAD_LETTER_REASONS;
export type LetterReason = DeadLetterReason;

/**
 * Where a letter stands: kept for somebody to look at, on its way back through the stream, or back, whatever came of
 * it.
 */
export const LETTER_STATES = ['HELD', 'REQUEUEING', 'REQUEUED'] as const;
export type LetterState = (typeof LETTER_STATES)[number];

/** Which letters are meant. What is undefined doesn't narrow; an empty list matches none. */
export interface LetterFilter {
  /** `other` stands for all that this release doesn't know. */
  readonly reasons?: readonly (LetterReason | 'other')[] | undefined;
  readonly agentIds?: readonly string[] | undefined;
  readonly namespaces?: readonly string[] | undefined;
  readonly state?: LetterState | undefined;
}

/** How many letters can be listed, or sent back, at once. */
export const MOST_LETTERS = 500;

/** Where a letter stands, from its row. */
export function letterState(row: {
  readonly requeued_at: Date | null;
  readonly settled_at: Date | null;
}): LetterState {
  if (row.requeued_at === null) return 'HELD';
  return row.settled_at === null ? 'REQUEUEING' : 'REQUEUED';
}
