/** What kind of failure: the exit code follows from it, and whether trying again can help. */
export type FailureKind = 'failed' | 'unreachable' | 'refused';

/** Something did not work, and nobody mistyped: the message says what, and what to do. */
export class Failure extends Error {
  readonly kind: FailureKind;
  /** Lines that say what to do. */
  readonly advice: readonly string[];

  constructor(kind: FailureKind, message: string, advice: readonly string[] = []) {
    super(message);
    this.name = 'Failure';
    this.kind = kind;
    this.advice = advice;
  }
}
