import { MessageEnd, Outcome } from '@culvert/proto';

/** Whose exchanges are counted together. */
export interface SeriesOwner {
  readonly cluster: string;
  readonly namespace: string;
  readonly workload: string;
}

/** What exchanges that are counted together have in common. */
export interface Series extends SeriesOwner {
  readonly method: string;
  readonly pathTemplate: string;
  readonly statusClass: number;
}

/**
 * The class of a status: its first digit, or 0 without a response. What is no valid status counts as a server's fault,
 * as clients must take it (RFC 9110 §15).
 */
export function statusClass(status: number | undefined): number {
  if (status === undefined) return 0;
  return status >= 100 && status < 600 ? Math.floor(status / 100) : 5;
}

/**
 * Whether an exchange counts as failed: it had no response, the server says that it failed, or its response was cut
 * off. Where its agent does not tell how the response ended, that it was aborted counts.
 *
 * @param responseEnd the number of a MessageEnd; 0 where nothing is told
 */
export function isFailure(statusClassOfIt: number, outcome: number, responseEnd: number): boolean {
  if (statusClassOfIt === 0 || statusClassOfIt === 5) return true;
  if (responseEnd !== MessageEnd.MESSAGE_END_UNSPECIFIED) return responseEnd === MessageEnd.MESSAGE_END_CUT;
  return outcome === Outcome.OUTCOME_CLIENT_ABORTED || outcome === Outcome.OUTCOME_UPSTREAM_ABORTED;
}
