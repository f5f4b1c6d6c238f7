/** The header that carries {@link Sent.id}. */
export const ID_HEADER = 'X-Demo-Request';

/** One request that the demo sent, with what it saw itself: the measure for what is read back. */
export interface Sent {
  /** Distinguishes it from every other request of this and earlier runs. */
  readonly id: string;
  readonly method: string;
  readonly target: string;
  readonly status: number;
  /** Bytes without chunk framing, still content-encoded; undefined: not compared. */
  readonly requestBody: Buffer | undefined;
  readonly responseBody: Buffer | undefined;
  readonly state: 'COMPLETE' | 'UPGRADED' | 'CLIENT_ABORTED';
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
