import { Direction, EventKind, type Outcome } from '@culvert/proto';
import type { ExcludeReason } from '@culvert/traffic/select/decide';
import { count, countLeftOut, type Books } from '../../books/books.ts';
import {
  bodyEventBound,
  endEventBound,
  exchangeEventBound,
  requestEventBound,
  responseEventBound,
  writeBodyEvent,
  writeEndEvent,
  writeExchangeEvent,
  writeRequestEvent,
  writeResponseEvent,
  type Ending,
} from '../../encode/events.ts';
import type { Fate, Segment } from '../../spool/segment.ts';
import type { Spool } from '../../spool/spool.ts';
import { BodyCapture } from './body.ts';
import type { Exchange } from './exchange.ts';
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
 * Any step may fail by a fault of ours. So what can fail comes before what is counted, and {@link abandon} settles an
 * exchange from wherever it stands.
 */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #open = new OpenList();
  #held = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** Bytes of open exchanges in memory. */
  get heldBytes(): number {
    return this.#held;
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
    countLeftOut(this.#options.books, reason);
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
    if (exchange.phase === 'open') count(books.dropped, 'fault');
    exchange.phase = 'counted';
    this.#settle(exchange);
  }

  /** Its response head was read and stands in the exchange. */
  answer(exchange: Exchange): void {
    this.#hold(exchange, exchange.response?.bytes.length ?? 0);
    if (exchange.openParts !== null) this.#publishResponse(exchange, exchange.openParts);
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
    this.#writeEnd(exchange, { outcome, endedAt });
    exchange.phase = 'counted';
    if (truncated) this.#options.books.exchange.truncated++;
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
      if (exchange.undecided) return;
      try {
        this.#writeOpen(exchange);
        waiting ||= exchange.openParts === null || exchange.heldBodyBytes > 0;
      } catch (error) {
        this.#options.onError(error);
        this.abandon(exchange);
      }
    });
    if (waiting) wakeAt(now + SWEEP_MS);
    else if (younger !== null) wakeAt(younger.startedAt + openAfterMs);
  }

  #writeOpen(exchange: Exchange): void {
    if (exchange.openParts === null) this.#publishOpen(exchange);
    this.#flushBodies(exchange, false);
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
      exchange.phase = 'counted';
      this.#settle(exchange);
    }
  }

  /** Lets go of an exchange that is counted where it ends up. */
  #settle(exchange: Exchange): void {
    this.#open.remove(exchange);
    this.#options.books.exchange.open--;
    exchange.phase = 'settled';
    this.#held -= exchange.heldHeadBytes + exchange.heldBodyBytes;
    exchange.heldHeadBytes = 0;
    exchange.heldBodyBytes = 0;
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
    exchange.requestTrailers = null;
    exchange.responseTrailers = null;
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
    const { spool, books } = this.#options;
    const kind = EventKind.EVENT_KIND_BODY;
    const segment = spool.room(kind, bodyEventBound(body.held));
    if (segment === undefined) spool.refuse(kind, 'spool_full');
    else
      spool.wrote(segment, writeBodyEvent(segment.buffer, segment.end, exchange, direction, body, last), 1);
    books.body.captured++;
    body.written += body.held;
    this.#held -= body.held;
    exchange.heldBodyBytes -= body.held;
    body.release();
  }

  #publishOpen(exchange: Exchange): void {
    const segment = this.#exchangeRoom(requestEventBound(exchange));
    // Nothing can be written now: the exchange is tried again with the next sweep or when it ends.
    if (segment === undefined) return;
    const { spool } = this.#options;
    spool.wrote(segment, writeRequestEvent(segment.buffer, segment.end, exchange), 0);
    exchange.openParts = [segment.fate];
    if (exchange.response !== null) this.#publishResponse(exchange, exchange.openParts);
    else this.#forgetHeads(exchange);
  }

  #publishResponse(exchange: Exchange, parts: Fate[]): void {
    const segment = this.#exchangeRoom(responseEventBound(exchange));
    if (segment !== undefined) {
      this.#options.spool.wrote(segment, writeResponseEvent(segment.buffer, segment.end, exchange), 0);
      if (!parts.includes(segment.fate)) parts.push(segment.fate);
      exchange.responsePublished = true;
      this.#forgetHeads(exchange);
    }
  }

  #writeEnd(exchange: Exchange, ending: Ending): void {
    const { spool } = this.#options;
    const kind = EventKind.EVENT_KIND_EXCHANGE;
    if (exchange.openParts === null && !spool.fits(exchangeEventBound(exchange))) this.#publishOpen(exchange);
    const parts = exchange.openParts;
    if (parts === null) {
      const bound = exchangeEventBound(exchange);
      const segment = this.#exchangeRoom(bound);
      if (segment === undefined) spool.refuse(kind, spool.fits(bound) ? 'spool_full' : 'too_large');
      else spool.wrote(segment, writeExchangeEvent(segment.buffer, segment.end, exchange, ending), 1);
      return;
    }
    // A row without its beginning helps nobody: the end shares the fate of the first parts.
    const incomplete = exchange.response !== null && !exchange.responsePublished;
    if (incomplete) this.#publishResponse(exchange, parts);
    const segment = parts.some((part) => part.discarded)
      ? undefined
      : this.#exchangeRoom(endEventBound(exchange));
    if (segment === undefined) spool.refuse(kind, 'spool_full');
    else spool.wrote(segment, writeEndEvent(segment.buffer, segment.end, exchange, ending), 1, parts);
  }

  #exchangeRoom(bytes: number): Segment | undefined {
    const { spool } = this.#options;
    return spool.fits(bytes) ? spool.room(EventKind.EVENT_KIND_EXCHANGE, bytes) : undefined;
  }
}
