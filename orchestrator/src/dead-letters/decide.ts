import { LONGEST_NAME } from '../ingest/decode/delivery.ts';
import { letterState } from './letter.ts';

/** What decides whether a letter is sent back. */
export interface LetterStanding {
  readonly subject: string;
  readonly requeued_at: Date | null;
  readonly settled_at: Date | null;
  /** Until when somebody is at it. */
  readonly requeue_until: Date | null;
}

/** To be taken out of the dead ones and sent, to be sent again, or neither, for a reason. */
export type RequeueDecision = 'take' | 'repeat' | { readonly refused: string };

/**
 * Decides what to do with a letter that somebody wants to send back.
 *
 * @param now Unix time in milliseconds
 */
export function decideRequeue(letter: LetterStanding | undefined, now: number): RequeueDecision {
  if (letter === undefined) return { refused: 'there is no such dead letter' };
  if (letter.subject.length >= LONGEST_NAME)
    return { refused: 'its subject was too long to be kept whole, so nobody knows where it belongs' };
  switch (letterState(letter)) {
    case 'HELD':
      return 'take';
    case 'REQUEUED':
      return { refused: 'it has been requeued and finished with' };
    case 'REQUEUEING':
      return (letter.requeue_until?.getTime() ?? 0) > now
        ? { refused: 'it is being requeued at this moment' }
        : 'repeat';
  }
}
