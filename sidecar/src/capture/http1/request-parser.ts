import { BodyReader } from './body-reader.ts';
import { CR, LF, TOKEN } from './bytes.ts';
import { Framing } from './framing.ts';
import { HeldBytes } from './held-bytes.ts';
import type { ParserFault, ParserLimits, RequestEvents } from './message.ts';
import { RequestFields } from './request-fields.ts';
import { RequestHeadScanner } from './request-head-scanner.ts';
import { BAD, TOO_LARGE } from './scanner.ts';
import { Section } from './section.ts';

/** Reads the requests of one connection. Events may call any method of the parser. */
export interface RequestParser {
  /** The next bytes, of any length. They must not change afterwards: events refer to them. */
  feed(chunk: Buffer): void;
  /** The client has sent everything. Whether it stopped within a request says {@link inMessage}. */
  finish(): void;
  /** The request that asks to switch was answered with a refusal: what follows it are requests. */
  resume(): void;
  /** Another protocol was agreed: nothing more is read, and what was held is forgotten. */
  switched(): void;
  /** A request has begun and not ended. */
  readonly inMessage: boolean;
}

/** @param limits `headBytes` bounds heads and trailer sections, `heldBytes` what is kept while a switch is undecided */
export function createRequestParser(events: RequestEvents, limits: ParserLimits): RequestParser {
  return new IncrementalRequestParser(events, limits);
}

const BETWEEN = 0;
/** Behind the CR of an empty line before a request (RFC 9112 §2.2). */
const EMPTY_LINE = 1;
/** Behind the first byte of what may be a TLS record. */
const HANDSHAKE = 2;
const HEAD = 3;
const BODY = 4;
const PAUSED = 5;
const STOPPED = 6;

const TLS_HANDSHAKE = 0x16;
const TLS_MAJOR = 0x03;

const UNDECIDED = 0;
const DECLINED = 1;
const AGREED = 2;

class IncrementalRequestParser implements RequestParser {
  readonly #events: RequestEvents;
  readonly #limits: ParserLimits;
  readonly #scanner = new RequestHeadScanner();
  readonly #section = new Section();
  readonly #fields = new RequestFields();
  readonly #framing = new Framing('malformed_request');
  readonly #body: BodyReader;
  readonly #held = new HeldBytes();
  #state = BETWEEN;
  #reading = false;
  /** What is known about the switch that the request under way asks for. */
  #decision = UNDECIDED;

  constructor(events: RequestEvents, limits: ParserLimits) {
    this.#events = events;
    this.#limits = limits;
    this.#body = new BodyReader(limits.headBytes, false);
  }

  get inMessage(): boolean {
    return this.#state === HEAD || this.#state === BODY;
  }

  feed(chunk: Buffer): void {
    if (this.#state === STOPPED) return;
    if (this.#reading || this.#state === PAUSED) {
      this.#held.add(chunk);
      if (!this.#reading) this.#checkHeld();
      return;
    }
    this.#readGuarded(chunk);
  }

  finish(): void {
    if (this.#state === HANDSHAKE) this.#fail('not_http');
  }

  resume(): void {
    if (this.inMessage && this.#fields.asksToSwitch) this.#decision = DECLINED;
    if (this.#state !== PAUSED) return;
    this.#state = BETWEEN;
    if (!this.#reading) this.#readGuarded(this.#held.take());
  }

  switched(): void {
    // Agreed before the request ended: the other protocol starts behind its body.
    if (this.inMessage && this.#fields.asksToSwitch) this.#decision = AGREED;
    else this.#stop();
  }

  #readGuarded(first: Buffer | undefined): void {
    let intact = false;
    this.#reading = true;
    try {
      for (let chunk = first; chunk !== undefined;) {
        const position = this.#read(chunk);
        if (this.#state === STOPPED) break;
        if (position < chunk.length) this.#held.putBack(chunk.subarray(position));
        chunk = this.#state === PAUSED ? undefined : this.#held.take();
      }
      intact = true;
    } finally {
      this.#reading = false;
      if (!intact) this.#stop();
    }
    if (this.#state === PAUSED) this.#checkHeld();
  }

  #checkHeld(): void {
    if (this.#held.length > this.#limits.heldBytes) this.#fail('switch_undecided');
  }

  /** Reads until the chunk ends or the parser pauses or stops; returns the position reached. */
  #read(chunk: Buffer): number {
    let position = 0;
    while (position < chunk.length) {
      switch (this.#state) {
        case HEAD:
          position = this.#readHead(chunk, position);
          break;
        case BODY:
          position = this.#readBody(chunk, position);
          break;
        case PAUSED:
        case STOPPED:
          return position;
        default:
          position = this.#readBetween(chunk, position);
      }
    }
    return position;
  }

  #readBetween(chunk: Buffer, position: number): number {
    const byte = chunk[position]!;
    if (this.#state === HANDSHAKE) return this.#fail(byte === TLS_MAJOR ? 'tls' : 'not_http');
    if (this.#state === EMPTY_LINE) {
      if (byte !== LF) return this.#fail(this.#scanner.strangeness);
      this.#state = BETWEEN;
      return position + 1;
    }
    if (TOKEN[byte] === 1) {
      this.#state = HEAD;
      this.#decision = UNDECIDED;
      this.#fields.asksToSwitch = false;
      this.#events.onStart();
      return position;
    }
    if (byte === CR) this.#state = EMPTY_LINE;
    else if (byte === TLS_HANDSHAKE && this.#scanner.strangeness === 'not_http') this.#state = HANDSHAKE;
    else return this.#fail(this.#scanner.strangeness);
    return position + 1;
  }

  #readHead(chunk: Buffer, from: number): number {
    const scanner = this.#scanner;
    const position = this.#section.read(scanner, chunk, from, this.#limits.headBytes);
    if (position === BAD) return this.#fail(scanner.fault);
    if (position === TOO_LARGE) return this.#fail('head_too_large');
    if (position < 0) return chunk.length;
    const { bytes } = this.#section;
    this.#section.release();
    const framing = this.#framing;
    framing.reset();
    const fault = this.#fields.inspect(bytes, scanner, framing);
    if (fault !== null) return this.#fail(fault);
    const head = {
      bytes,
      version: scanner.version,
      fields: scanner.lines.fields,
      method: scanner.method,
      targetStart: scanner.targetStart,
      targetEnd: scanner.targetEnd,
      hostField: this.#fields.hostField,
      traceparentField: this.#fields.traceparentField,
      traceparentRepeated: this.#fields.traceparentRepeated,
      asksToSwitch: this.#fields.asksToSwitch,
    };
    scanner.reset();
    this.#state = BODY;
    this.#events.onHead(head);
    if (framing.chunked) this.#body.expectChunks();
    else if (framing.length > 0) this.#body.expect(framing.length);
    else if (this.inMessage) this.#endMessage();
    return position;
  }

  #readBody(chunk: Buffer, from: number): number {
    const position = this.#body.read(chunk, from, this.#events);
    if (position === BAD) return this.#fail('malformed_request');
    if (position === TOO_LARGE) return this.#fail('head_too_large');
    if (this.inMessage && this.#body.ended) this.#endMessage();
    return position;
  }

  #endMessage(): void {
    if (!this.#fields.asksToSwitch || this.#decision === DECLINED) this.#state = BETWEEN;
    else if (this.#decision === UNDECIDED) this.#state = PAUSED;
    else this.#stop();
    this.#events.onEnd();
  }

  #fail(fault: ParserFault): number {
    this.#stop();
    this.#events.onFault(fault);
    return 0;
  }

  #stop(): void {
    this.#state = STOPPED;
    this.#held.clear();
    this.#section.release();
  }
}
