import type { Alarm } from '@culvert/runtime/alarm';

/** What happened on a connection. */
export const CLIENT_DATA = 0;
export const UPSTREAM_DATA = 1;
export const CLIENT_END = 2;
export const UPSTREAM_END = 3;
export const CLOSED_BY_CLIENT = 4;
export const CLOSED_BY_UPSTREAM = 5;
export type ConnectionEvent = 0 | 1 | 2 | 3 | 4 | 5;

/** Who reads what happened on one connection. Never throws. */
export interface EventReader {
  /** @param at Unix milliseconds with fraction, when it happened */
  read(event: ConnectionEvent, chunk: Buffer | undefined, at: number): void;
}

/** How many events may wait to be read; so many exchanges can be under way that no count knows yet. */
export const UNREAD_EVENTS = 256;
/** How many bytes of chunks may wait to be read. */
const UNREAD_BYTES = 512 * 1024;

/**
 * Keeps what happened on all connections until it is read, in the order in which it happened: many events in one go.
 *
 * Forwarding and reading use different code and data. Taking turns at each chunk, each would find the processor's caches
 * full of the other's, which costs more than the reading itself wherever caches are slow or few requests come.
 */
export class ReadQueue {
  readonly #readers: (EventReader | undefined)[] = [];
  readonly #events: ConnectionEvent[] = [];
  readonly #chunks: (Buffer | undefined)[] = [];
  readonly #times = new Float64Array(UNREAD_EVENTS);
  #count = 0;
  #bytes = 0;
  readonly #now: () => number;
  readonly #delayMs: number;
  /** Rings for {@link drain}. */
  readonly #alarm: Pick<Alarm, 'at'>;

  /**
   * @param now Unix milliseconds
   * @param delayMs how long an event may wait; 0 reads each at once
   */
  constructor(now: () => number, delayMs: number, alarm: Pick<Alarm, 'at'>) {
    this.#now = now;
    this.#delayMs = delayMs;
    this.#alarm = alarm;
  }

  /** Takes note of what happened just now. */
  add(reader: EventReader, event: ConnectionEvent, chunk: Buffer | undefined): void {
    const place = this.#count++;
    const at = this.#now();
    this.#readers[place] = reader;
    this.#events[place] = event;
    this.#chunks[place] = chunk;
    this.#times[place] = at;
    if (chunk !== undefined) this.#bytes += chunk.length;
    if (this.#delayMs === 0 || this.#count === UNREAD_EVENTS || this.#bytes >= UNREAD_BYTES) this.drain();
    else if (place === 0) this.#alarm.at(at + this.#delayMs);
  }

  /** Reads all that waits. */
  drain(): void {
    const count = this.#count;
    this.#count = 0;
    this.#bytes = 0;
    for (let place = 0; place < count; place++) {
      const reader = this.#readers[place];
      const chunk = this.#chunks[place];
      this.#readers[place] = undefined;
      this.#chunks[place] = undefined;
      reader?.read(this.#events[place] as ConnectionEvent, chunk, this.#times[place] as number);
    }
  }
}
