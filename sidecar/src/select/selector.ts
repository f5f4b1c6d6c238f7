import type { Outcome } from '@culvert/proto';
import { selectExchange } from '@culvert/traffic/select/decide';
import type { Placeholder } from '@culvert/traffic/select/redact/edits';
import type { Books } from '../books/books.ts';
import type { Exchange } from '../capture/exchange/exchange.ts';
import type { Recorder } from '../capture/exchange/recorder.ts';
import type { RequestHead, ResponseHead, Trailers } from '../capture/http1/message.ts';
import {
  responseWithoutSecrets,
  trailersWithoutSecrets,
  withheldRequest,
  withheldResponse,
  withoutSecrets,
} from './redact-heads.ts';

/** No response will come any more, so no range of statuses contains it. */
const NO_STATUS = 0;

export interface SelectorOptions {
  readonly recorder: Recorder;
  readonly books: Books;
  readonly placeholder: Placeholder;
  /** Redaction failed: a fault of ours. What it was to redact is withheld. */
  readonly onError: (error: unknown) => void;
}

/**
 * Stands between the exchanges of connections and their recorder: leaves out what policy does not want, and takes the
 * secrets out of heads and trailers before they are recorded.
 *
 * An exchange that depends on its status is recorded as undecided: nothing of it is written until it is decided.
 */
export class Selector {
  readonly #options: SelectorOptions;

  constructor(options: SelectorOptions) {
    this.#options = options;
  }

  /** An exchange's request head was read. */
  begin(exchange: Exchange, head: RequestHead): void {
    const { recorder } = this.#options;
    const selection = selectExchange(exchange.rules, head, exchange, undefined);
    if (selection === 'keep') {
      exchange.request = this.#redactRequest(exchange, head);
      recorder.begin(exchange);
    } else if (selection === 'undecided') {
      exchange.request = apart(head);
      exchange.undecided = true;
      recorder.begin(exchange);
    } else recorder.skip(exchange, selection);
  }

  /** The response head of an exchange was read. */
  answer(exchange: Exchange, head: ResponseHead): void {
    if (!this.#decide(exchange, head.status)) return;
    exchange.response = this.#redactResponse(exchange, head);
    this.#options.recorder.answer(exchange);
  }

  requestTrailers(exchange: Exchange, trailers: Trailers): void {
    if (this.#holds(exchange, trailers)) exchange.requestTrailers = this.#redactTrailers(exchange, trailers);
  }

  responseTrailers(exchange: Exchange, trailers: Trailers): void {
    if (this.#holds(exchange, trailers)) exchange.responseTrailers = this.#redactTrailers(exchange, trailers);
  }

  /** The exchange is over, whichever way. */
  finish(exchange: Exchange, outcome: Outcome, endedAt: number): void {
    if (this.#decide(exchange, NO_STATUS)) this.#options.recorder.finish(exchange, outcome, endedAt);
  }

  /** Whether the exchange is recorded, deciding it where that was left open. */
  #decide(exchange: Exchange, status: number): boolean {
    if (!exchange.followed) return false;
    const head = exchange.request;
    if (!exchange.undecided || head === null) return true;
    const selection = selectExchange(exchange.rules, head, exchange, status);
    if (selection === 'keep') {
      exchange.request = this.#redactRequest(exchange, head);
      exchange.undecided = false;
      return true;
    }
    // With a status nothing is undecided.
    if (selection !== 'undecided') this.#options.recorder.leaveOut(exchange, selection);
    return false;
  }

  #holds(exchange: Exchange, { bytes }: Trailers): boolean {
    return exchange.followed && this.#options.recorder.holdsTrailers(exchange, bytes.length);
  }

  #redactRequest({ rules: { redaction } }: Exchange, head: RequestHead): RequestHead {
    if (redaction === null) return head;
    try {
      return withoutSecrets(head, redaction, this.#options.placeholder);
    } catch (error) {
      this.#withheld(error);
      return withheldRequest(head);
    }
  }

  #redactResponse({ rules: { redaction } }: Exchange, head: ResponseHead): ResponseHead {
    if (redaction === null) return head;
    try {
      return responseWithoutSecrets(head, redaction, this.#options.placeholder);
    } catch (error) {
      this.#withheld(error);
      return withheldResponse(head);
    }
  }

  #redactTrailers({ rules: { redaction } }: Exchange, trailers: Trailers): Trailers | null {
    if (redaction === null) return trailers;
    try {
      return trailersWithoutSecrets(trailers, redaction, this.#options.placeholder);
    } catch (error) {
      this.#withheld(error);
      return null;
    }
  }

  /** A fault in redaction must not let through what it was to redact: that is counted, and left out instead. */
  #withheld(error: unknown): void {
    this.#options.books.exchange.redactionWithheld++;
    this.#options.onError(error);
  }
}

/** The head without the chunk that it came in, which may be much larger and would stay in memory with it, uncounted. */
function apart(head: RequestHead): RequestHead {
  const { bytes } = head;
  return bytes.length * 2 < bytes.buffer.byteLength ? { ...head, bytes: Buffer.from(bytes) } : head;
}
