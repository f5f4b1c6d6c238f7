import { CR, LF, SP, TEXT, isDigit } from './bytes.ts';
import { FieldScanner } from './field-scanner.ts';
import { BAD, MORE, type Scanner } from './scanner.ts';

const VERSION_AND_STATUS = 0;
const AFTER_STATUS = 1;
const REASON = 2;
const LINE_END = 3;
const FIELDS = 4;

const PREFIX = Buffer.from('HTTP/1.');
const MINOR = 7;
const STATUS = 9;
const STATUS_END = 12;

/** A response head: the status line (RFC 9112 §4; the reason with its space may be missing) and its field lines. */
export class ResponseHeadScanner implements Scanner {
  readonly lines = new FieldScanner();
  version: '1.0' | '1.1' = '1.1';
  status = 0;
  reasonStart = 0;
  reasonEnd = 0;
  #phase = VERSION_AND_STATUS;

  /** Prepares for the next head. */
  reset(): void {
    this.lines.reset();
    this.#phase = VERSION_AND_STATUS;
    this.status = 0;
  }

  scan(bytes: Buffer, base: number, from: number, end: number): number {
    if (this.#phase === FIELDS) return this.lines.scan(bytes, base, from, end);
    let position = from;
    if (this.#phase === VERSION_AND_STATUS) {
      const fixedEnd = base + STATUS_END;
      for (; position < end && position < fixedEnd; position++) {
        if (!this.#takeFixed(position - base, bytes[position]!)) return BAD;
      }
      if (position < fixedEnd) return MORE;
      this.#phase = AFTER_STATUS;
    }
    if (this.#phase === AFTER_STATUS) {
      if (position >= end) return MORE;
      if (bytes[position] === SP) position++;
      else if (bytes[position] !== CR) return BAD;
      this.reasonStart = position - base;
      this.#phase = REASON;
    }
    if (this.#phase === REASON) {
      while (position < end && TEXT[bytes[position]!] === 1) position++;
      if (position >= end) return MORE;
      if (bytes[position] !== CR) return BAD;
      this.reasonEnd = position - base;
      position++;
      this.#phase = LINE_END;
    }
    if (position >= end) return MORE;
    if (bytes[position] !== LF) return BAD;
    this.#phase = FIELDS;
    return this.lines.scan(bytes, base, position + 1, end);
  }

  /** Takes one of the twelve bytes whose place in the status line is fixed: `HTTP/1.x nnn`. */
  #takeFixed(index: number, byte: number): boolean {
    if (index < MINOR) return byte === PREFIX[index];
    if (index === MINOR) {
      this.version = byte === 0x31 ? '1.1' : '1.0';
      return byte === 0x31 || byte === 0x30;
    }
    if (index < STATUS) return byte === SP;
    this.status = this.status * 10 + byte - 0x30;
    return isDigit(byte) && (index > STATUS || byte !== 0x30);
  }
}
