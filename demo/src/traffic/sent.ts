/** The header that carries {@link Sent.id}. */
export const ID_HEADER = 'X-Demo-Request';

/** Name and value of a header field or trailer, a character for each byte. */
export type Field = readonly [name: string, value: string];

/** One message as its sender or its reader saw it. */
export interface SentMessage {
  readonly version: string;
  readonly headers: readonly Field[];
  /** Null when there are none. */
  readonly trailers: readonly Field[] | null;
  /** Bytes without chunk framing, still content-encoded. */
  readonly body: Buffer;
  /** Left: the client went away, so that more may have passed than it has read. */
  readonly end: 'whole' | 'cut' | 'left';
}

/** An answer, with its status line. */
export interface SentAnswer extends SentMessage {
  readonly status: number;
  readonly reason: string;
}

/** One request that the demo sent, with what it saw itself: the measure for what is read back. */
export interface Sent {
  /** Distinguishes it from every other request of this and earlier runs. */
  readonly id: string;
  readonly method: string;
  readonly target: string;
  readonly request: SentMessage;
  /** Undefined when none came. */
  readonly response: SentAnswer | undefined;
  readonly state: 'COMPLETE' | 'UPGRADED' | 'CLIENT_ABORTED' | 'UPSTREAM_ABORTED';
}

/** Gives each request of a run its id. */
export interface Numbering {
  readonly run: string;
  next(): string;
}

/** Starts a numbering; `run` must be new each time. */
export function createNumbering(run: string): Numbering {
  let last = 0;
  return { run, next: () => `${run}.${String(++last).padStart(2, '0')}` };
}
