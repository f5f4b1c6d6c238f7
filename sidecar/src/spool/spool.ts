import type { EventKind } from '@culvert/proto';
import { booksOf, count, dropSpooled, type Books, type DropReason } from '../books/books.ts';
import { checkWritten } from '../encode/wire.ts';
import { cutOrphans, type DependentEnd, type Fate, type Segment } from './segment.ts';
import { splitSegment } from './split.ts';

/** The largest batch, its own fields included. */
export const BATCH_BYTES = 512 * 1024;
/** The most events of a batch. */
export const BATCH_EVENTS = 500;
/** Buffers kept for reuse; more are left to the garbage collector, so that an outage's memory is given back. */
const FREE_BUFFERS = 8;

export interface SpoolOptions {
  /** All segments together, those that wait for their acknowledgement included, in bytes. */
  readonly limitBytes: number;
  /** Room before the events of a segment for the batch's own fields, in bytes. */
  readonly headroom: number;
  readonly books: Books;
  readonly now: () => number;
  /** Called when there is something to send: `due` when it need not wait for company. */
  readonly onContent: (due: boolean) => void;
}

/**
 * Encoded events that wait to be published, bounded in bytes. When it is full, the oldest segment that was not sent
 * yet is dropped and counted.
 *
 * Sealed segments wait in the order in which they were begun. While nothing can be sent, the newest segment of a
 * kind goes on filling, so an outage leaves full segments and not many small ones.
 */
export class Spool {
  readonly #options: SpoolOptions;
  readonly #current = new Map<EventKind, Segment>();
  readonly #sealed: Segment[] = [];
  readonly #free: Buffer[] = [];
  #allocated = 0;
  #largestBatch = BATCH_BYTES;

  constructor(options: SpoolOptions) {
    this.#options = options;
  }

  /** Bytes of all segments, as they count towards the limit. */
  get allocatedBytes(): number {
    return this.#allocated - this.#free.length * BATCH_BYTES;
  }

  /** The server takes no batch larger than so many bytes, its own fields included: larger segments are cut. */
  limitBatches(bytes: number): void {
    this.#largestBatch = Math.min(BATCH_BYTES, bytes);
  }

  /** Whether an event of so many bytes can be written at all. */
  fits(bytes: number): boolean {
    return bytes <= BATCH_BYTES - this.#options.headroom;
  }

  /**
   * Finds a segment with room for an event.
   *
   * @param bytes an upper bound of its size, for which {@link fits} holds
   * @returns undefined when everything is in flight and the limit is reached
   */
  room(kind: EventKind, bytes: number): Segment | undefined {
    const current = this.#current.get(kind);
    if (current !== undefined) {
      if (current.end + bytes <= BATCH_BYTES && current.events < BATCH_EVENTS) return current;
      this.#seal(current);
      this.#options.onContent(true);
    }
    const buffer = this.#buffer();
    if (buffer === undefined) return undefined;
    const start = this.#options.headroom;
    const segment: Segment = {
      kind,
      buffer,
      start,
      end: start,
      events: 0,
      counted: 0,
      since: this.#options.now(),
      fate: { discarded: false },
      dependents: null,
      siblings: null,
    };
    this.#current.set(kind, segment);
    this.#options.onContent(false);
    return segment;
  }

  /**
   * Takes note of an event that was written at the end of a segment.
   *
   * @param end the offset behind it
   * @param counted 1 when the books count it, 0 for the first parts of an exchange
   * @param parts the fates of the first parts when the event ends an exchange that was published open
   * @throws when the event did not fit, by a fault of its bound: it does not count then, and is written over
   */
  wrote(segment: Segment, end: number, counted: 0 | 1, parts: readonly Fate[] | null = null): void {
    checkWritten(segment.buffer, end);
    const books = booksOf(this.#options.books, segment.kind);
    if (parts !== null) {
      const dependent: DependentEnd = { parts, start: segment.end, end };
      if (segment.dependents === null) segment.dependents = [dependent];
      else segment.dependents.push(dependent);
    }
    segment.end = end;
    segment.events++;
    if (counted === 1) {
      segment.counted++;
      books.spooled++;
    }
  }

  /**
   * Takes the oldest segment that is full, or older than `ageMs`, out of the spool to send it.
   *
   * @returns undefined when nothing is due
   * @throws by a fault of ours; the segment that could not be taken is dropped and counted
   */
  take(ageMs: number): Segment | undefined {
    for (;;) {
      const segment = this.#sealed.shift() ?? this.#due(ageMs);
      if (segment === undefined) return undefined;
      const books = booksOf(this.#options.books, segment.kind);
      try {
        dropSpooled(books, cutOrphans(segment), 'spool_full');
        if (segment.events === 0) this.release(segment, true);
        else if (segment.end <= this.#largestBatch) return segment;
        else this.#split(segment);
      } catch (error) {
        this.abandon(segment);
        throw error;
      }
    }
  }

  /** After a fault of ours: drops a segment that was taken and can't be sent. */
  abandon(segment: Segment): void {
    this.#discard(segment, 'fault');
    this.release(segment, false);
  }

  /** Unix milliseconds since when the oldest unsent segment waits; undefined when there is none. */
  oldest(): number | undefined {
    let oldest = this.#sealed[0]?.since;
    for (const segment of this.#current.values()) {
      // Found for an event that was never written: there is nothing to send.
      if (segment.events === 0) continue;
      if (oldest === undefined || segment.since < oldest) oldest = segment.since;
    }
    return oldest;
  }

  /** Gives the memory of a sent segment back. `reusable` says that nobody else can still read it. */
  release(segment: Segment, reusable: boolean): void {
    const { siblings } = segment;
    if (siblings !== null && --siblings.left > 0) return;
    if (reusable && siblings === null && this.#free.length < FREE_BUFFERS) this.#free.push(segment.buffer);
    else this.#allocated -= BATCH_BYTES;
  }

  /** Counts an event for which there was no room. */
  refuse(kind: EventKind, reason: DropReason): void {
    count(booksOf(this.#options.books, kind).dropped, reason);
  }

  /** Drops all that is left at the end of the process. */
  discardAll(reason: DropReason): void {
    for (const segment of [...this.#sealed.splice(0), ...this.#current.values()])
      this.#discard(segment, reason);
    this.#current.clear();
  }

  #seal(segment: Segment): void {
    this.#current.delete(segment.kind);
    this.#sealed.push(segment);
  }

  #due(ageMs: number): Segment | undefined {
    const before = this.#options.now() - ageMs;
    for (const segment of this.#current.values()) {
      if (segment.events === 0 || segment.since > before) continue;
      this.#current.delete(segment.kind);
      return segment;
    }
    return undefined;
  }

  #buffer(): Buffer | undefined {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#allocated + BATCH_BYTES <= this.#options.limitBytes) {
      this.#allocated += BATCH_BYTES;
      return Buffer.allocUnsafeSlow(BATCH_BYTES);
    }
    for (;;) {
      const [oldest] = this.#sealed;
      if (oldest === undefined) return undefined;
      this.#discard(oldest, 'spool_full');
      this.#sealed.shift();
      if (oldest.siblings === null) return oldest.buffer;
      this.release(oldest, false);
      if (oldest.siblings.left > 0) continue;
      this.#allocated += BATCH_BYTES;
      return Buffer.allocUnsafeSlow(BATCH_BYTES);
    }
  }

  #split(segment: Segment): void {
    const { parts, added, tooLarge } = splitSegment(segment, this.#largestBatch);
    const books = booksOf(this.#options.books, segment.kind);
    books.captured += added;
    books.spooled += added;
    dropSpooled(books, tooLarge, 'too_large');
    this.#sealed.unshift(...parts);
    segment.counted = 0;
    if (parts.length === 0) this.release(segment, true);
  }

  #discard(segment: Segment, reason: DropReason): void {
    segment.fate.discarded = true;
    dropSpooled(booksOf(this.#options.books, segment.kind), segment.counted, reason);
    segment.counted = 0;
  }
}
