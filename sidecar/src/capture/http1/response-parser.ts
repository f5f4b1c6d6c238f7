import { BodyReader, UNTIL_CLOSE } from './body-reader.ts';
import { Framing, NO_LENGTH } from './framing.ts';
import type { AnsweredRequest, ParserFault, ParserLimits, ResponseEvents } from './message.ts';
import { inspectResponse } from './response-fields.ts';
import { ResponseHeadScanner } from './response-head-scanner.ts';
import { BAD, TOO_LARGE } from './scanner.ts';
import { Section } from './section.ts';

/** Reads the responses of one connection. */
export interface ResponseParser {
  /** The next bytes, of any length. They must not change afterwards: events refer to them. Not to be called from events. */
  feed(chunk: Buffer): void;
  /** The server has sent everything: ends a body that only the end of the connection delimits. */
  finish(): void;
  /** A response, interim ones included, has begun and not ended. */
  readonly inMessage: boolean;
}

/** @param limits `headBytes` bounds heads and trailer sections */
export function createResponseParser(events: ResponseEvents, limits: ParserLimits): ResponseParser {
  return new IncrementalResponseParser(events, limits);
}

const BETWEEN = 0;
const HEAD = 1;
const BODY = 2;
const STOPPED = 3;

const FIRST_BYTE = 0x48;

class IncrementalResponseParser implements ResponseParser {
  readonly #events: ResponseEvents;
  readonly #limits: ParserLimits;
  readonly #scanner = new ResponseHeadScanner();
  readonly #section = new Section();
  readonly #framing = new Framing('malformed_response');
  readonly #body: BodyReader;
  #request: AnsweredRequest | undefined;
  #state = BETWEEN;

  constructor(events: ResponseEvents, limits: ParserLimits) {
    this.#events = events;
    this.#limits = limits;
    // Old servers pad sizes with blanks, and all clients read them in one way. No client is known to send such.
    this.#body = new BodyReader(limits.headBytes, true);
  }

  get inMessage(): boolean {
    return this.#state === HEAD || this.#state === BODY;
  }

  feed(chunk: Buffer): void {
    let position = 0;
    while (position < chunk.length && this.#state !== STOPPED) {
      if (this.#state === BODY) position = this.#readBody(chunk, position);
      else if (this.#state === HEAD || this.#start(chunk[position]!))
        position = this.#readHead(chunk, position);
    }
  }

  finish(): void {
    if (this.#state === BODY && this.#body.endsWithConnection) this.#endMessage();
  }

  #start(byte: number): boolean {
    this.#request = this.#events.answered();
    if (this.#request === undefined) return this.#fail('unexpected_response');
    if (byte !== FIRST_BYTE) return this.#fail('malformed_response');
    this.#state = HEAD;
    this.#events.onStart();
    return this.inMessage;
  }

  #readHead(chunk: Buffer, from: number): number {
    const scanner = this.#scanner;
    const position = this.#section.read(scanner, chunk, from, this.#limits.headBytes);
    if (position === BAD || position === TOO_LARGE) return this.#failAt(position);
    if (position < 0) return chunk.length;
    const { version, status, reasonStart, reasonEnd } = scanner;
    const head = {
      bytes: this.#section.bytes,
      version,
      fields: scanner.lines.fields,
      status,
      reasonStart,
      reasonEnd,
    };
    this.#section.release();
    scanner.reset();
    this.#framing.reset();
    inspectResponse(head, this.#framing);
    if (this.#framing.fault !== null) {
      this.#fail(this.#framing.fault);
    } else if (status < 200 && status !== 101) {
      this.#state = BETWEEN;
      this.#events.onInterim(head);
    } else {
      this.#state = BODY;
      this.#events.onHead(head);
      if (this.#isSwitch(status)) {
        this.#state = STOPPED;
        this.#events.onSwitch();
      } else this.#expectBody(status);
    }
    return position;
  }

  #isSwitch(status: number): boolean {
    return status === 101 || (status < 300 && this.#request?.method === 'CONNECT');
  }

  /** The order of RFC 9112 §6.3. */
  #expectBody(status: number): void {
    const { length, encoded, chunked } = this.#framing;
    if (this.#request?.method === 'HEAD' || status === 204 || status === 304) this.#endMessage();
    else if (chunked) this.#body.expectChunks();
    else if (encoded || length === NO_LENGTH) this.#body.expect(UNTIL_CLOSE);
    else if (length > 0) this.#body.expect(length);
    else this.#endMessage();
  }

  #readBody(chunk: Buffer, from: number): number {
    const position = this.#body.read(chunk, from, this.#events);
    if (position < 0) return this.#failAt(position);
    if (this.#body.ended) this.#endMessage();
    return position;
  }

  #endMessage(): void {
    this.#state = BETWEEN;
    this.#events.onEnd();
  }

  #failAt(position: number): number {
    this.#fail(position === TOO_LARGE ? 'head_too_large' : 'malformed_response');
    return 0;
  }

  #fail(fault: ParserFault): false {
    this.#state = STOPPED;
    this.#section.release();
    this.#events.onFault(fault);
    return false;
  }
}
