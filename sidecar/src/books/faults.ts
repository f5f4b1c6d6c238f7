import type { Logger } from '@culvert/runtime/log';
import { count } from './books.ts';

/** Where a fault of our own code was stopped. */
export type FaultPlace =
  'connection' | 'redaction' | 'sweep' | 'publisher' | 'acknowledgement' | 'heartbeat' | 'nats' | 'uncaught';

/** A place whose faults go on is logged at most so often, in milliseconds. */
const LOGGED_EVERY_MS = 10_000;

/**
 * Counts and logs faults of our own code. Whoever catches one hands it over here and goes on: capture may lose what it
 * was about to record, the bytes that pass may not suffer.
 */
export class Faults {
  readonly #log: Logger;
  readonly #now: () => number;
  readonly #counts = new Map<FaultPlace, number>();
  readonly #logged = new Map<FaultPlace, { at: number; unsaid: number }>();

  /** @param now milliseconds of any clock that does not stand still */
  constructor(log: Logger, now: () => number) {
    this.#log = log;
    this.#now = now;
  }

  /** How many there were, by place. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** Takes note of a fault. Never throws. */
  readonly note = (place: FaultPlace, error: unknown): void => {
    count(this.#counts, place);
    const last = this.#logged.get(place);
    if (last !== undefined && this.#now() - last.at < LOGGED_EVERY_MS) {
      last.unsaid++;
      return;
    }
    this.#logged.set(place, { at: this.#now(), unsaid: 0 });
    const more = last !== undefined && last.unsaid > 0 ? { unsaid: last.unsaid } : {};
    try {
      this.#log.error({ err: error, place, ...more }, 'a fault in capture is contained; traffic goes on');
    } catch {
      // The fault is counted; a log that can't be written must not add another one.
    }
  };

  /** A function that takes note of the faults of one place. */
  at(place: FaultPlace): (error: unknown) => void {
    return (error) => {
      this.note(place, error);
    };
  }

  /** Runs something that must not throw, such as what a timer does. */
  run(place: FaultPlace, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.note(place, error);
    }
  }
}
