import { COMMA, isBlank, isDigit, reads } from './bytes.ts';
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
      if (byte === COMMA) return this.#refuse('ambiguous_framing');
      if (!isDigit(byte)) return this.#refuse(this.#malformed);
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
      let from = position;
      let to = itemEnd;
      while (from < to && isBlank(bytes[from]!)) from++;
      while (to > from && isBlank(bytes[to - 1]!)) to--;
      const isChunked = to - from === CHUNKED.length && reads(bytes, from, CHUNKED);
      // Chunked can't be applied twice; servers differ in what they make of it.
      if (isChunked && this.#sawChunked) return this.#refuse('ambiguous_framing');
      this.#sawChunked ||= isChunked;
      if (to > from) this.chunked = isChunked;
      position = itemEnd + 1;
    }
  }

  #refuse(fault: ParserFault): void {
    this.fault ??= fault;
  }
}
