import type { ExchangeState } from '../query/exchange-state.ts';

/**
 * What exchanges must be like to be listed or followed: everything that is given must hold, and of a list one entry.
 * What is undefined asks for nothing; an empty list matches nothing. Checked already when it was made.
 */
export interface ExchangeFilter {
  /** As on the wire; case matters (RFC 9110 §9.1). */
  readonly methods?: readonly string[];
  /** Bounds included. Exchanges without a response match no range. */
  readonly status?: NumberRange;
  /**
   * The host of the URL in any case. With a port it must be the URL's, as written; without one, any port will do.
   */
  readonly host?: string;
  /** What the path begins with, query included; case matters. */
  readonly pathPrefix?: string;
  /** A part of the URL; the case of ASCII letters doesn't matter. At least three characters. */
  readonly urlContains?: string;
  readonly clusters?: readonly string[];
  readonly namespaces?: readonly string[];
  readonly workloads?: readonly string[];
  readonly agentIds?: readonly string[];
  /** Unix times in milliseconds of the request's first byte, as the id tells it: from `since`, before `until`. */
  readonly since?: number;
  readonly until?: number;
  /** Milliseconds, bounds included. Exchanges that have not ended match no range. */
  readonly durationMs?: NumberRange;
  readonly states?: readonly ExchangeState[];
}

/** Bounds that belong to the range; undefined for none. */
export interface NumberRange {
  readonly min?: number;
  readonly max?: number;
}
