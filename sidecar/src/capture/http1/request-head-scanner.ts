import { CR, LF, SP, TARGET, TOKEN } from './bytes.ts';
import { FieldScanner } from './field-scanner.ts';
import type { ParserFault } from './message.ts';
import { methodName } from './method-name.ts';
import { BAD, MORE, type Scanner } from './scanner.ts';
import { isValidTarget } from './target.ts';

const METHOD = 0;
const IN_TARGET = 1;
const VERSION = 2;
const LINE_CR = 3;
const LINE_LF = 4;
const FIELDS = 5;

const PREFIX = Buffer.from('HTTP/1.');
const PREFACE_DIGIT = 0x32;

/** A request head: the request line (RFC 9112 §3) and its field lines. */
export class RequestHeadScanner implements Scanner {
  readonly lines = new FieldScanner();
  method = '';
  targetStart = 0;
  targetEnd = 0;
  version: '1.0' | '1.1' = '1.1';
  /** Why the last scan returned BAD. */
  fault: ParserFault = 'malformed_request';
  /** Whether the connection has shown a method with a space behind it: from then on it counts as HTTP. */
  #recognised = false;
  #phase = METHOD;

  /** Prepares for the next head. */
  reset(): void {
    this.lines.reset();
    this.#phase = METHOD;
  }

  /** What a byte is called that no request can start with. */
  get strangeness(): ParserFault {
    return this.#recognised ? 'malformed_request' : 'not_http';
  }

  scan(bytes: Buffer, base: number, from: number, end: number): number {
    if (this.#phase === FIELDS) return this.#scanFields(bytes, base, from, end);
    let position = from;
    if (this.#phase === METHOD) {
      while (position < end && TOKEN[bytes[position]!] === 1) position++;
      if (position >= end) return MORE;
      if (bytes[position] !== SP) return this.#bad(this.strangeness);
      this.method = methodName(bytes, base, position);
      this.#recognised = true;
      position++;
      this.targetStart = position - base;
      this.#phase = IN_TARGET;
    }
    if (this.#phase === IN_TARGET) {
      while (position < end && TARGET[bytes[position]!] === 1) position++;
      if (position >= end) return MORE;
      this.targetEnd = position - base;
      if (bytes[position] !== SP) return this.#bad('malformed_request');
      if (!isValidTarget(this.method, bytes, base + this.targetStart, position)) {
        return this.#bad('malformed_request');
      }
      position++;
      this.#phase = VERSION;
    }
    if (this.#phase === VERSION) {
      position = this.#scanVersion(bytes, base, position, end);
      if (position < 0) return position;
      this.#phase = LINE_CR;
    }
    if (this.#phase === LINE_CR) {
      if (position >= end) return MORE;
      if (bytes[position] !== CR) return this.#bad('malformed_request');
      position++;
      this.#phase = LINE_LF;
    }
    if (position >= end) return MORE;
    if (bytes[position] !== LF) return this.#bad('malformed_request');
    this.#phase = FIELDS;
    return this.#scanFields(bytes, base, position + 1, end);
  }

  #scanVersion(bytes: Buffer, base: number, from: number, end: number): number {
    const start = base + this.targetEnd + 1;
    for (let position = from; position < end; position++) {
      const index = position - start;
      const byte = bytes[position]!;
      if (index === PREFIX.length) {
        if (byte !== 0x30 && byte !== 0x31) return this.#bad('malformed_request');
        this.version = byte === 0x31 ? '1.1' : '1.0';
        return position + 1;
      }
      if (byte !== PREFIX[index])
        return this.#bad(this.#isPreface(index, byte) ? 'http2' : 'malformed_request');
    }
    return MORE;
  }

  /** The HTTP/2 preface starts with `PRI * HTTP/2.0` so that HTTP/1 servers refuse it (RFC 9113 §3.4). */
  #isPreface(index: number, byte: number): boolean {
    return this.method === 'PRI' && index === PREFIX.length - 2 && byte === PREFACE_DIGIT;
  }

  #scanFields(bytes: Buffer, base: number, from: number, end: number): number {
    const found = this.lines.scan(bytes, base, from, end);
    return found === BAD ? this.#bad('malformed_request') : found;
  }

  #bad(fault: ParserFault): number {
    this.fault = fault;
    return BAD;
  }
}
