import { Direction, EventKind, type Outcome } from '@culvert/proto';
import type { ExcludeReason } from '@culvert/traffic/select/decide';
import { count, countLeftOut, type Books } from '../../books/books.ts';
import type { Spool } from '../../spool/spool.ts';
import { BodyCapture } from './body.ts';
import type { Exchange } from './exchange.ts';
import { EventWriter } from './event-writer.ts';
import { OpenList } from './open-list.ts';

/** Held body bytes at which a chunk is written. */
const CHUNK_BYTES = 64 * 1024;
/** How long bytes of an exchange that was published open are held, in milliseconds. */
const SWEEP_MS = 50;
/** What is held beyond this is written in several. */
const LARGEST_CHUNK_BYTES = 256 * 1024;

export interface RecorderOptions {
  readonly spool: Spool;
  readonly books: Books;
  /**
   * How many bytes of open exchanges may be held before they are written out early. Undecided ones can't be: beyond it
   * their bodies are cut, and beyond twice as much new ones are dropped.
   */
  readonly heldLimit: number;
  /** An exchange open for longer is published as open, in milliseconds. */
  readonly openAfterMs: number;
  /** Called before an exchange is counted that goes beyond what was reserved on disk. */
  readonly reserve: (captured: number) => void;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Asks for a {@link Recorder.sweep} at a moment in Unix milliseconds. */
  readonly wakeAt: (unixMs: number) => void;
  /** A fault of ours while an open exchange was written, which was given up. */
  readonly onError: (error: unknown) => void;
}

/**
 * Turns exchanges into events in the spool and keeps the books of it.
 *
 * An exchange that ends soon becomes one event. One that stays open is written in parts, and from then on its heads
 * and bodies don't stay in memory.
 *
 * Any call may fail by a fault of ours. So calls come before counts, counts and the phase change together, and
 * {@link abandon} settles an exchange from wherever it stands.
 */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #open = new OpenList();
  readonly #writer: EventWriter;
  #held = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#writer = new EventWriter(options.spool, options.books);
  }

  /** Bytes of open exchanges in memory. */
  get heldBytes(): number {
    return this.#held;
  }

  /** Whether nothing is open, so that no sweep has anything to do. */
  get isIdle(): boolean {
    return this.#open.isEmpty;
  }

  /** An exchange's request head was read. */
  begin(exchange: Exchange): void {
    const books = this.#options.books.exchange;
    this.#options.reserve(books.captured + 1);
    this.#open.add(exchange);
    books.captured++;
    books.open++;
    exchange.phase = 'open';
    this.#hold(exchange, exchange.request?.bytes.length ?? 0);
    this.#options.wakeAt(exchange.startedAt + this.#options.openAfterMs);
  }

  /** An exchange was captured that selection leaves out from the start. */
  skip(exchange: Exchange, reason: ExcludeReason | 'sampling'): void {
    const { books, reserve } = this.#options;
    reserve(books.exchange.captured + 1);
    books.exchange.captured++;
    countLeftOut(books, reason);
    exchange.phase = 'settled';
  }

  /** Selection leaves out an exchange that was undecided so far. */
  leaveOut(exchange: Exchange, reason: ExcludeReason | 'sampling'): void {
    const { books } = this.#options;
    countLeftOut(books, reason);
    books.exchange.open--;
    exchange.phase = 'counted';
    this.#settle(exchange);
  }

  /** Gives up an exchange after a fault of ours, wherever it stands, and counts it as dropped if nothing counts it yet. */
  abandon(exchange: Exchange): void {
    const books = this.#options.books.exchange;
    if (exchange.phase === 'settled') return;
    if (exchange.phase === 'new') {
      books.captured++;
      count(books.dropped, 'fault');
      exchange.phase = 'settled';
      return;
    }
    if (exchange.phase === 'open') {
      count(books.dropped, 'fault');
      books.open--;
      exchange.phase = 'counted';
    }
    this.#settle(exchange);
  }

  /**
   * Whether trailers of an exchange can be held until it ends; what there is no memory for is left out.
   *
   * @param bytes their length
   */
  holdsTrailers(exchange: Exchange, bytes: number): boolean {
    if (this.#held + bytes > this.#options.heldLimit) return false;
    exchange.heldTrailerBytes += bytes;
    this.#held += bytes;
    return true;
  }

  /** Its response head was read and stands in the exchange. */
  answer(exchange: Exchange): void {
    this.#hold(exchange, exchange.response?.bytes.length ?? 0);
    const { openParts } = exchange;
    if (openParts !== null && this.#writer.response(exchange, openParts)) this.#forgetHeads(exchange);
  }

  requestData(exchange: Exchange, data: Buffer): void {
    exchange.requestBody ??= new BodyCapture();
    const limit = exchange.rules.requestBodyBytes;
    this.#take(exchange, Direction.DIRECTION_REQUEST, exchange.requestBody, data, limit);
  }

  responseData(exchange: Exchange, data: Buffer): void {
    exchange.responseBody ??= new BodyCapture();
    const limit = exchange.rules.responseBodyBytes;
    this.#take(exchange, Direction.DIRECTION_RESPONSE, exchange.responseBody, data, limit);
  }

  /** The exchange is over, whichever way. */
  finish(exchange: Exchange, outcome: Outcome, endedAt: number): void {
    this.#flushBodies(exchange, true);
    const truncated = exchange.requestBody?.truncated === true || exchange.responseBody?.truncated === true;
    this.#writer.end(exchange, { outcome, endedAt });
    const books = this.#options.books.exchange;
    books.open--;
    exchange.phase = 'counted';
    if (truncated) books.truncated++;
    this.#settle(exchange);
  }

  /**
   * Publishes what has been open for long as open, and what arrived of it since.
   *
   * Asks for the next time where there is more to do than what new traffic brings.
   */
  sweep(now = this.#options.now()): void {
    const { openAfterMs, wakeAt } = this.#options;
    let waiting = false;
    const younger = this.#open.visitBefore(now - openAfterMs, (exchange) => {
      if (exchange.undecided && exchange.followed) return;
      try {
        this.#writeOpen(exchange);
        waiting ||= exchange.followed && (exchange.openParts === null || exchange.heldBodyBytes > 0);
      } catch (error) {
        this.#options.onError(error);
        this.abandon(exchange);
      }
    });
    if (waiting) wakeAt(now + SWEEP_MS);
    else if (younger !== null) wakeAt(younger.startedAt + openAfterMs);
  }

  #writeOpen(exchange: Exchange): void {
    // Whatever kept it in the list when it was settled was a fault of ours.
    if (!exchange.followed) this.#settle(exchange);
    else {
      if (exchange.openParts === null) this.#publishOpen(exchange);
      this.#flushBodies(exchange, false);
    }
  }

  #take(exchange: Exchange, direction: Direction, body: BodyCapture, data: Buffer, limit: number): void {
    if (exchange.undecided && this.#held + data.length > this.#options.heldLimit) {
      body.pass(data);
      return;
    }
    const taken = body.take(data, limit);
    this.#held += taken;
    exchange.heldBodyBytes += taken;
    if (exchange.undecided) return;
    if (body.held >= CHUNK_BYTES || (this.#held > this.#options.heldLimit && body.held > 0)) {
      this.#flush(exchange, direction, body, false);
    } else if (exchange.openParts !== null && body.held > 0) {
      this.#options.wakeAt(this.#options.now() + SWEEP_MS);
    }
  }

  #hold(exchange: Exchange, bytes: number): void {
    exchange.heldHeadBytes += bytes;
    this.#held += bytes;
    if (this.#held <= this.#options.heldLimit || exchange.openParts !== null) return;
    if (!exchange.undecided) this.#publishOpen(exchange);
    else if (this.#held > 2 * this.#options.heldLimit) {
      this.#options.spool.refuse(EventKind.EVENT_KIND_EXCHANGE, 'held_full');
      this.#options.books.exchange.open--;
      exchange.phase = 'counted';
      this.#settle(exchange);
    }
  }

  /** Lets go of an exchange that is counted where it ends up. */
  #settle(exchange: Exchange): void {
    this.#open.remove(exchange);
    exchange.phase = 'settled';
    this.#held -= exchange.heldHeadBytes + exchange.heldBodyBytes + exchange.heldTrailerBytes;
    exchange.heldHeadBytes = 0;
    exchange.heldBodyBytes = 0;
    exchange.heldTrailerBytes = 0;
    exchange.requestBody = null;
    exchange.responseBody = null;
    exchange.request = null;
    exchange.response = null;
    exchange.requestTrailers = null;
    exchange.responseTrailers = null;
  }

  #forgetHeads(exchange: Exchange): void {
    this.#held -= exchange.heldHeadBytes;
    exchange.heldHeadBytes = 0;
    exchange.request = null;
    exchange.response = null;
  }

  #flushBodies(exchange: Exchange, ended: boolean): void {
    const { requestBody, responseBody } = exchange;
    if (requestBody !== null && requestBody.held > 0) {
      this.#flush(exchange, Direction.DIRECTION_REQUEST, requestBody, ended && exchange.requestEnded);
    }
    if (responseBody !== null && responseBody.held > 0) {
      this.#flush(exchange, Direction.DIRECTION_RESPONSE, responseBody, ended && exchange.responseEnded);
    }
  }

  #flush(exchange: Exchange, direction: Direction, body: BodyCapture, last: boolean): void {
    // Only what was held for an exchange that was undecided can be so large.
    if (body.held > LARGEST_CHUNK_BYTES) {
      body.inPieces(CHUNK_BYTES, (isLast) => {
        this.#writeChunk(exchange, direction, body, last && isLast);
      });
    } else this.#writeChunk(exchange, direction, body, last);
  }

  #writeChunk(exchange: Exchange, direction: Direction, body: BodyCapture, last: boolean): void {
    const { held } = body;
    this.#writer.chunk(exchange, direction, body, last);
    this.#held -= held;
    exchange.heldBodyBytes -= held;
  }

  #publishOpen(exchange: Exchange): void {
    // Where nothing can be written now, it is tried again with the next sweep or when the exchange ends.
    if (this.#writer.open(exchange)) this.#forgetHeads(exchange);
  }
}
