import { COMMA, isBlank, isDigit, reads, TOKEN } from './bytes.ts';
import type { MessageHead, ParserFault } from './message.ts';

/** The message has no Content-Length. */
export const NO_LENGTH = -1;

const CHUNKED = Buffer.from('chunked');

/** What a message's fields say about where its body ends (RFC 9112 §6), filled field by field. */
export class Framing {
  length = NO_LENGTH;
  /** There is a Transfer-Encoding. */
  encoded = false;
  /** Its last coding is chunked. */
  chunked = false;
  fault: ParserFault | null = null;
  #sawChunked = false;
  readonly #malformed: ParserFault;

  /** @param malformed what a length is called that is no number */
  constructor(malformed: ParserFault) {
    this.#malformed = malformed;
  }

  /** Prepares for the next message. */
  reset(): void {
    this.length = NO_LENGTH;
    this.encoded = false;
    this.chunked = false;
    this.fault = null;
    this.#sawChunked = false;
  }

  /** Takes a Content-Length. A repeated one must say the same; lists of lengths are refused whatever they hold. */
  takeLength(bytes: Buffer, start: number, end: number): void {
    let length = 0;
    for (let position = start; position < end; position++) {
      const byte = bytes[position]!;
      if (!isDigit(byte)) {
        const isList = bytes[skipBlanks(bytes, position, end)] === COMMA;
        return this.#refuse(isList ? 'ambiguous_framing' : this.#malformed);
      }
      length = length * 10 + byte - 0x30;
      if (length > Number.MAX_SAFE_INTEGER) return this.#refuse(this.#malformed);
    }
    if (start === end) return this.#refuse(this.#malformed);
    if (this.encoded || (this.length !== NO_LENGTH && this.length !== length)) {
      return this.#refuse('ambiguous_framing');
    }
    this.length = length;
  }

  /** Takes a Transfer-Encoding, which HTTP/1.0 doesn't know. Several lines make one list. */
  takeCodings(bytes: Buffer, start: number, end: number, version: MessageHead['version']): void {
    this.encoded = true;
    if (this.length !== NO_LENGTH || version === '1.0') return this.#refuse('ambiguous_framing');
    for (let position = start; position < end;) {
      let itemEnd = bytes.indexOf(COMMA, position);
      if (itemEnd < 0 || itemEnd > end) itemEnd = end;
      const from = skipBlanks(bytes, position, itemEnd);
      let to = itemEnd;
      while (to > from && isBlank(bytes[to - 1]!)) to--;
      const named = from + CHUNKED.length;
      const beginsChunked = named <= to && reads(bytes, from, CHUNKED);
      const isChunked = beginsChunked && named === to;
      // It can't be applied twice and has no parameters (RFC 9112 §7); recipients differ in what they make of either.
      if (isChunked && this.#sawChunked) return this.#refuse('ambiguous_framing');
      if (beginsChunked && !isChunked && TOKEN[bytes[named]!] === 0) return this.#refuse('ambiguous_framing');
      this.#sawChunked ||= isChunked;
      if (to > from) this.chunked = isChunked;
      position = itemEnd + 1;
    }
  }

  #refuse(fault: ParserFault): void {
    this.fault ??= fault;
  }
}

/** The position of the first byte that is no blank, `end` where there is none. */
function skipBlanks(bytes: Buffer, start: number, end: number): number {
  let position = start;
  while (position < end && isBlank(bytes[position]!)) position++;
  return position;
}
