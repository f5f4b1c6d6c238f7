import type { EventKind } from '@culvert/proto';
import { booksOf, count, type Books, type DropReason } from '../books/books.ts';
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
   */
  wrote(segment: Segment, end: number, counted: 0 | 1, parts: readonly Fate[] | null = null): void {
    if (parts !== null) {
      const dependent: DependentEnd = { parts, start: segment.end, end };
      if (segment.dependents === null) segment.dependents = [dependent];
      else segment.dependents.push(dependent);
    }
    segment.end = end;
    segment.events++;
    if (counted === 1) {
      segment.counted++;
      booksOf(this.#options.books, segment.kind).spooled++;
    }
  }

  /**
   * Takes the oldest segment that is full, or older than `ageMs`, out of the spool to send it.
   *
   * @returns undefined when nothing is due
   */
  take(ageMs: number): Segment | undefined {
    for (;;) {
      const segment = this.#sealed.shift() ?? this.#due(ageMs);
      if (segment === undefined) return undefined;
      const cut = cutOrphans(segment);
      if (cut > 0) this.#countDropped(segment.kind, cut, 'spool_full');
      if (segment.events === 0) this.release(segment, true);
      else if (segment.end <= this.#largestBatch) return segment;
      else this.#split(segment);
    }
  }

  /** Unix milliseconds since when the oldest unsent segment waits; undefined when there is none. */
  oldest(): number | undefined {
    let oldest = this.#sealed[0]?.since;
    for (const segment of this.#current.values()) {
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
      const oldest = this.#sealed.shift();
      if (oldest === undefined) return undefined;
      this.#discard(oldest, 'spool_full');
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
    if (tooLarge > 0) this.#countDropped(segment.kind, tooLarge, 'too_large');
    if (parts.length === 0) this.release(segment, true);
    this.#sealed.unshift(...parts);
  }

  #discard(segment: Segment, reason: DropReason): void {
    segment.fate.discarded = true;
    const kind = booksOf(this.#options.books, segment.kind);
    kind.spooled -= segment.counted;
    if (segment.counted > 0) count(kind.dropped, reason, segment.counted);
  }

  #countDropped(kind: EventKind, events: number, reason: DropReason): void {
    const books = booksOf(this.#options.books, kind);
    books.spooled -= events;
    count(books.dropped, reason, events);
  }
}
