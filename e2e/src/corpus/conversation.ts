/** One of the two ends of a connection. */
export type Side = 'client' | 'server';

/**
 * What one side does. It does so once everything that the steps before it sent has arrived at the other side; the
 * bytes of a step may be cut into any pieces.
 */
export type Step =
  | { readonly from: Side; readonly bytes: Buffer }
  /** Sends nothing more; the other direction stays open. */
  | { readonly from: Side; readonly end: true }
  /** Breaks the connection off with a reset. */
  | { readonly from: Side; readonly reset: true };

/** Name and value as they stood on the wire, a character for each byte. */
export type Field = readonly [name: string, value: string];

export interface ExpectedMessage {
  readonly version: '1.0' | '1.1';
  readonly headers: readonly Field[];
  /** What arrived of the payload, without chunk framing. */
  readonly body: Buffer;
  readonly trailers: readonly Field[];
}

export interface ExpectedResponse extends ExpectedMessage {
  readonly status: number;
  readonly reason: string;
}

export type ExpectedOutcome =
  'OPEN' | 'COMPLETE' | 'CLIENT_ABORTED' | 'UPSTREAM_ABORTED' | 'UPGRADED' | 'UNPARSABLE';

/**
 * How a message ended on the wire: open while more may come, cut where it broke off or never began, unread where the
 * parsers gave up before its end.
 */
export type ExpectedEnd = 'open' | 'whole' | 'cut' | 'unread';

/** One exchange that is to be recorded. */
export interface ExpectedExchange {
  readonly method: string;
  /** Absolute, a character for each byte; {@link UPSTREAM} where the request names no host. */
  readonly url: string;
  readonly request: ExpectedMessage;
  /** Statuses of the interim responses before the final one. */
  readonly interim: readonly number[];
  /** Undefined when no final response head came. */
  readonly response: ExpectedResponse | undefined;
  /** How it stands after the last step. OPEN: nothing has ended it yet. */
  readonly outcome: ExpectedOutcome;
  readonly ends: readonly [request: ExpectedEnd, response: ExpectedEnd];
}

/** Stands in a URL for the `host:port` that the connection's bytes are forwarded to. */
export const UPSTREAM = '{upstream}';

/** A connection from its first byte on, and what is to be recorded of it, in the order of the requests. */
export interface Conversation {
  /** A sentence about what must be right; unique. */
  readonly name: string;
  readonly steps: readonly Step[];
  readonly exchanges: readonly ExpectedExchange[];
  /** The reason for which the connection's bytes are no longer read in the end; undefined when they are. */
  readonly opaque: string | undefined;
}
