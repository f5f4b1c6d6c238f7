import { MessageEnd, Outcome } from '@culvert/proto';

/** What decides how an exchange ended. */
export interface Progress {
  /** Its messages' last bytes passed. */
  readonly requestEnded: boolean;
  readonly responseEnded: boolean;
  /** The client's direction ended within the request, before the answer had ended. */
  readonly requestCut: boolean;
  /** Its request was not read on. */
  readonly unparsable: boolean;
}

/** How an exchange ended, and each of its messages. */
export interface Conclusion {
  readonly outcome: Outcome;
  readonly requestEnd: MessageEnd;
  readonly responseEnd: MessageEnd;
}

/**
 * Decides how an exchange ended. A whole answer completes it, also one that comes before the request's body has been
 * sent (RFC 9110 §10.1.1, RFC 9112 §9.3): whoever closes then, and whether the client still sends the rest, changes
 * nothing in what was asked and answered.
 *
 * @param otherwise what happened to the connection: its outcome where the exchange had no end of its own
 */
export function conclude(exchange: Progress, otherwise: Outcome): Conclusion {
  const unread = otherwise === Outcome.OUTCOME_UNPARSABLE || otherwise === Outcome.OUTCOME_UPGRADED;
  return {
    outcome: outcomeOf(exchange, otherwise),
    requestEnd: endOf(exchange.requestEnded, !exchange.requestCut && (unread || exchange.unparsable)),
    responseEnd: endOf(exchange.responseEnded, unread),
  };
}

function outcomeOf(exchange: Progress, otherwise: Outcome): Outcome {
  if (exchange.unparsable) return Outcome.OUTCOME_UNPARSABLE;
  const aborted =
    otherwise === Outcome.OUTCOME_CLIENT_ABORTED || otherwise === Outcome.OUTCOME_UPSTREAM_ABORTED;
  if (exchange.requestCut && exchange.responseEnded) return Outcome.OUTCOME_CLIENT_ABORTED;
  return aborted && exchange.responseEnded ? Outcome.OUTCOME_COMPLETE : otherwise;
}

function endOf(ended: boolean, unread: boolean): MessageEnd {
  if (ended) return MessageEnd.MESSAGE_END_WHOLE;
  return unread ? MessageEnd.MESSAGE_END_UNREAD : MessageEnd.MESSAGE_END_CUT;
}
