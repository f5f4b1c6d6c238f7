import { EventKind, type Direction } from '@culvert/proto';
import type { Books } from '../../books/books.ts';
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
import type { BodyCapture } from './body.ts';
import type { Exchange } from './exchange.ts';

/** Writes exchanges and their bodies into the spool, as events; what finds no room is refused there and counted. */
export class EventWriter {
  readonly #spool: Spool;
  readonly #books: Books;

  constructor(spool: Spool, books: Books) {
    this.#spool = spool;
    this.#books = books;
  }

  /**
   * Writes what is held of a body, and lets go of it.
   *
   * @param last whether the body ends with it
   */
  chunk(exchange: Exchange, direction: Direction, body: BodyCapture, last: boolean): void {
    const spool = this.#spool;
    const kind = EventKind.EVENT_KIND_BODY;
    const segment = spool.room(kind, bodyEventBound(body.held));
    if (segment === undefined) spool.refuse(kind, 'spool_full');
    else
      spool.wrote(segment, writeBodyEvent(segment.buffer, segment.end, exchange, direction, body, last), 1);
    this.#books.body.captured++;
    body.written += body.held;
    body.release();
  }

  /**
   * Writes an exchange as open: its request, and its response head where that is there.
   *
   * @returns whether all heads that were there have been written; without the request nothing was
   */
  open(exchange: Exchange): boolean {
    const segment = this.#room(requestEventBound(exchange));
    if (segment === undefined) return false;
    this.#spool.wrote(segment, writeRequestEvent(segment.buffer, segment.end, exchange), 0);
    exchange.openParts = [segment.fate];
    return exchange.response === null || this.response(exchange, exchange.openParts);
  }

  /**
   * Writes the response head of an exchange that was written as open.
   *
   * @param parts the fates of its parts, to which this one is added
   * @returns whether there was room
   */
  response(exchange: Exchange, parts: Fate[]): boolean {
    const segment = this.#room(responseEventBound(exchange));
    if (segment === undefined) return false;
    this.#spool.wrote(segment, writeResponseEvent(segment.buffer, segment.end, exchange), 0);
    if (!parts.includes(segment.fate)) parts.push(segment.fate);
    exchange.responsePublished = true;
    return true;
  }

  /** Writes a whole exchange, or the end of one that was written as open. */
  end(exchange: Exchange, ending: Ending): void {
    const spool = this.#spool;
    const kind = EventKind.EVENT_KIND_EXCHANGE;
    const bound = exchangeEventBound(exchange);
    if (exchange.openParts === null && !spool.fits(bound)) this.open(exchange);
    const parts = exchange.openParts;
    if (parts === null) {
      const segment = this.#room(bound);
      if (segment === undefined) spool.refuse(kind, spool.fits(bound) ? 'spool_full' : 'too_large');
      else spool.wrote(segment, writeExchangeEvent(segment.buffer, segment.end, exchange, ending), 1);
      return;
    }
    if (exchange.response !== null && !exchange.responsePublished) this.response(exchange, parts);
    // A row without its beginning helps nobody: the end shares the fate of the first parts.
    const segment = parts.some((part) => part.discarded) ? undefined : this.#room(endEventBound(exchange));
    if (segment === undefined) spool.refuse(kind, 'spool_full');
    else spool.wrote(segment, writeEndEvent(segment.buffer, segment.end, exchange, ending), 1, parts);
  }

  #room(bytes: number): Segment | undefined {
    return this.#spool.fits(bytes) ? this.#spool.room(EventKind.EVENT_KIND_EXCHANGE, bytes) : undefined;
  }
}
