import { MessageEnd, Outcome } from '@culvert/proto';

/** How a message ended: whole, cut off on the wire, or without anybody knowing. */
export type KnownEnd = 'whole' | 'cut' | 'unknown';

/**
 * How a message of an exchange ended.
 *
 * @param end the number of a MessageEnd; null from an agent that does not tell, for which the outcome answers where it
 *   leaves no doubt: an exchange that was aborted may have lost either of its messages
 * @param outcome the number of an Outcome; null while the exchange has no end
 */
export function messageEnd(end: number | null, outcome: number | null): KnownEnd {
  switch (end) {
    case MessageEnd.MESSAGE_END_WHOLE:
      return 'whole';
    case MessageEnd.MESSAGE_END_CUT:
      return 'cut';
    case null:
    case MessageEnd.MESSAGE_END_UNSPECIFIED:
      return outcome === Outcome.OUTCOME_COMPLETE || outcome === Outcome.OUTCOME_UPGRADED
        ? 'whole'
        : 'unknown';
    default:
      return 'unknown';
  }
}
