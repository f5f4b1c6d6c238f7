import { Outcome } from '@culvert/proto';
import { count, type Books } from '../../books/books.ts';
import { createRequestParser, type RequestParser } from '../http1/request-parser.ts';
import { createResponseParser, type ResponseParser } from '../http1/response-parser.ts';
import type {
  AnsweredRequest,
  ParserFault,
  ParserLimits,
  RequestEvents,
  RequestHead,
  ResponseEvents,
  ResponseHead,
  Trailers,
} from '../http1/message.ts';
import { conclude } from './conclusion.ts';
import { Exchange, type ConnectionFacts } from './exchange.ts';
import type { PortSelection } from '../../select/port-table.ts';
import type { Selector } from '../../select/selector.ts';
import type { Recorder } from './recorder.ts';

/** Why a connection's bytes are no longer read. */
type OpaqueReason = ParserFault | 'upgraded' | 'connect' | 'parser_error';

/** What all trackers of a process share. */
export interface TrackerContext {
  readonly recorder: Recorder;
  readonly selector: Selector;
  readonly books: Books;
  readonly limits: ParserLimits;
  /** A fault of ours, contained in an exchange or in its connection. */
  readonly onError: (error: unknown) => void;
}

/** Who ended a connection first, and so why its open exchanges have no end. */
export type Aborter = 'client' | 'upstream';

/**
 * Reads along with one connection and pairs requests with responses.
 *
 * Times are Unix milliseconds with fraction: when something happened, which may be a while ago. Whoever shows it the
 * bytes contains what it throws, a fault of ours, and calls {@link giveUp} then.
 */
export class Tracker {
  readonly #context: TrackerContext;
  readonly #facts: ConnectionFacts;
  readonly #port: PortSelection;
  readonly #requests: RequestParser;
  readonly #responses: ResponseParser;
  /** Exchanges whose response has not ended, in the order of their requests. */
  #first: Exchange | null = null;
  #last: Exchange | null = null;
  /** The exchange whose request is being read. */
  #receiving: Exchange | null = null;
  #readsRequests = true;
  #readsResponses = true;
  #opaque = false;
  /** When the bytes at hand arrived. */
  #now = 0;
  /** When the last bytes arrived. */
  #lastByteAt = 0;
  #requestStartedAt = 0;
  #responseStartedAt = 0;

  constructor(context: TrackerContext, facts: ConnectionFacts, port: PortSelection) {
    this.#context = context;
    this.#facts = facts;
    this.#port = port;
    this.#requests = createRequestParser(this.#requestEvents(), context.limits);
    this.#responses = createResponseParser(this.#responseEvents(), context.limits);
    context.books.connections++;
  }

  /** Whether all that was asked was answered; undefined where the bytes are not understood. */
  get idle(): boolean | undefined {
    if (this.#opaque) return undefined;
    return this.#first === null && this.#receiving === null && !this.#requests.inMessage;
  }

  /** Bytes from the client passed by. */
  fromClient(chunk: Buffer, at: number): void {
    if (!this.#readsRequests) return;
    this.#now = this.#lastByteAt = at;
    this.#requests.feed(chunk);
  }

  /** Bytes from the upstream passed by. */
  fromUpstream(chunk: Buffer, at: number): void {
    if (!this.#readsResponses) return;
    this.#now = this.#lastByteAt = at;
    this.#responses.feed(chunk);
  }

  /** The client will send no more; responses may still come. */
  clientEnded(at: number): void {
    this.#now = at;
    const unfinished = this.#receiving;
    if (this.#readsRequests) this.#requests.finish();
    this.#readsRequests = false;
    if (unfinished !== null && !unfinished.requestEnded) {
      unfinished.requestCut = !unfinished.responseEnded;
    }
  }

  /** The upstream will send no more: ends a body that lasts until the close. */
  upstreamEnded(at: number): void {
    this.#now = at;
    if (this.#readsResponses) this.#responses.finish();
  }

  /** The connection is gone in both directions: what is open has no end any more. */
  closed(by: Aborter, at: number): void {
    this.#now = at;
    this.#readsRequests = false;
    this.#readsResponses = false;
    this.#finishAll(by === 'client' ? Outcome.OUTCOME_CLIENT_ABORTED : Outcome.OUTCOME_UPSTREAM_ABORTED);
  }

  /** After a fault of ours: reads no more, and ends what is open as far as that is possible. */
  giveUp(): void {
    this.#readsRequests = false;
    this.#readsResponses = false;
    this.#turnOpaque('parser_error');
    this.#finishAll(Outcome.OUTCOME_UNPARSABLE);
  }

  #requestEvents(): RequestEvents {
    return {
      onStart: () => {
        this.#requestStartedAt = this.#now;
      },
      onHead: (head) => {
        this.#onRequestHead(head);
      },
      onBody: (data) => {
        const exchange = this.#receiving;
        if (exchange?.followed === true) this.#context.recorder.requestData(exchange, data);
      },
      onTrailers: (trailers: Trailers) => {
        if (this.#receiving !== null) this.#context.selector.requestTrailers(this.#receiving, trailers);
      },
      onEnd: () => {
        const exchange = this.#receiving;
        if (exchange === null) return;
        exchange.requestEnded = true;
        if (exchange.responseEnded) this.#complete(exchange);
        this.#receiving = null;
      },
      onFault: (fault) => {
        this.#onRequestFault(fault);
      },
    };
  }

  #responseEvents(): ResponseEvents {
    return {
      answered: (): AnsweredRequest | undefined => this.#first ?? undefined,
      onStart: () => {
        this.#responseStartedAt = this.#now;
      },
      onInterim: () => undefined,
      onHead: (head) => {
        this.#onResponseHead(head);
      },
      onBody: (data) => {
        if (this.#first?.followed === true) this.#context.recorder.responseData(this.#first, data);
      },
      onTrailers: (trailers) => {
        if (this.#first !== null) this.#context.selector.responseTrailers(this.#first, trailers);
      },
      onEnd: () => {
        this.#onResponseEnd();
      },
      onSwitch: () => {
        this.#onSwitch();
      },
      onFault: (fault) => {
        this.#onResponseFault(fault);
      },
    };
  }

  #onRequestHead(head: RequestHead): void {
    const exchange = new Exchange(this.#facts, this.#port.rules, head, this.#requestStartedAt);
    this.#receiving = exchange;
    if (this.#last === null) this.#first = exchange;
    else this.#last.behind = exchange;
    this.#last = exchange;
    this.#context.selector.begin(exchange, head);
  }

  #onResponseHead(head: ResponseHead): void {
    const exchange = this.#first;
    if (exchange === null) return;
    exchange.firstByteAt = this.#responseStartedAt;
    this.#context.selector.answer(exchange, head);
  }

  #onResponseEnd(): void {
    const exchange = this.#first;
    if (exchange === null) return;
    exchange.responseEnded = true;
    if (exchange.requestEnded || exchange.unparsable || exchange.requestCut) this.#complete(exchange);
    this.#first = exchange.behind;
    if (this.#first === null) this.#last = null;
    if (exchange.asksToSwitch) this.#requests.resume();
    if (this.#opaque && this.#first === null) this.#readsResponses = false;
  }

  #onSwitch(): void {
    const exchange = this.#first;
    // Such a response has no body.
    if (exchange !== null) exchange.responseEnded = true;
    this.#requests.switched();
    this.#readsRequests = false;
    this.#readsResponses = false;
    this.#turnOpaque(exchange?.method === 'CONNECT' ? 'connect' : 'upgraded');
    this.#finishAll(Outcome.OUTCOME_UPGRADED);
  }

  /** Earlier requests can still be answered; the response parser stops when they are. */
  #onRequestFault(fault: ParserFault): void {
    this.#turnOpaque(fault);
    this.#readsRequests = false;
    if (this.#receiving !== null) this.#receiving.unparsable = true;
    if (this.#receiving?.responseEnded === true) this.#complete(this.#receiving);
    this.#receiving = null;
    if (this.#first === null) this.#readsResponses = false;
  }

  #onResponseFault(fault: ParserFault): void {
    this.#turnOpaque(fault);
    this.#readsRequests = false;
    this.#readsResponses = false;
    this.#finishAll(Outcome.OUTCOME_UNPARSABLE);
  }

  #complete(exchange: Exchange): void {
    this.#end(exchange, Outcome.OUTCOME_COMPLETE, this.#now);
  }

  /**
   * Ends an exchange; one that can't be written is given up, and the next ones are still ended.
   *
   * @param otherwise the outcome where the exchange had no end of its own
   */
  #end(exchange: Exchange, otherwise: Outcome, endedAt: number): void {
    const { outcome, requestEnd, responseEnd } = conclude(exchange, otherwise);
    exchange.requestEnd = requestEnd;
    exchange.responseEnd = responseEnd;
    try {
      this.#context.selector.finish(exchange, outcome, endedAt);
    } catch (error) {
      this.#context.onError(error);
    }
    if (exchange.phase !== 'settled') this.#context.recorder.abandon(exchange);
  }

  #finishAll(outcome: Outcome): void {
    // What could not be ended, by a fault of ours, stays where it is, so that it can be given up.
    for (let exchange = this.#first; exchange !== null; exchange = this.#first) {
      this.#end(exchange, outcome, this.#now);
      this.#first = exchange.behind;
    }
    this.#last = null;
    // Answered before its request had ended, so no longer in the queue: it went on for as long as bytes passed.
    if (this.#receiving !== null) this.#end(this.#receiving, outcome, this.#lastByteAt);
    this.#receiving = null;
  }

  #turnOpaque(reason: OpaqueReason): void {
    if (this.#opaque) return;
    this.#opaque = true;
    count(this.#context.books.opaque, reason);
  }
}
