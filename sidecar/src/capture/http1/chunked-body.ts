import { CR, HEX, LF, SEMICOLON, TEXT, isBlank } from './bytes.ts';
import { FieldScanner } from './field-scanner.ts';
import type { Trailers } from './message.ts';
import { BAD, TOO_LARGE } from './scanner.ts';
import { Section } from './section.ts';

const SIZE_START = 0;
const SIZE = 1;
/** Behind a blank behind the size. */
const SIZE_BLANK = 2;
const EXTENSION = 3;
const SIZE_LF = 4;
const DATA = 5;
const DATA_CR = 6;
const DATA_LF = 7;
const TRAILERS = 8;
const END = 9;

/** What takes the payload of a body; the events of both parsers do. */
export interface BodyEvents {
  onBody(data: Buffer): void;
  onTrailers(trailers: Trailers): void;
}

/** Takes the chunk framing off a body (RFC 9112 §7.1) without copying what is in the chunks. */
export class ChunkedBody {
  readonly #trailerBytes: number;
  readonly #paddedSizes: boolean;
  readonly #lines = new FieldScanner();
  readonly #section = new Section();
  #phase = SIZE_START;
  #size = 0;

  /**
   * @param trailerBytes the largest trailer section in bytes, empty line included
   * @param paddedSizes whether blanks may stand behind a size that no extension follows, which the grammar does not have
   */
  constructor(trailerBytes: number, paddedSizes: boolean) {
    this.#trailerBytes = trailerBytes;
    this.#paddedSizes = paddedSizes;
  }

  /** Whether the last byte of the body was read. */
  get ended(): boolean {
    return this.#phase === END;
  }

  /** Prepares for the next body. */
  reset(): void {
    this.#phase = SIZE_START;
    this.#size = 0;
  }

  /**
   * Reads on until something was reported, the body ended or the received bytes did.
   *
   * @returns the position in `chunk` that was reached, BAD or TOO_LARGE
   */
  read(chunk: Buffer, from: number, events: BodyEvents): number {
    let position = from;
    while (position < chunk.length) {
      if (this.#phase === DATA) return this.#passData(chunk, position, events);
      if (this.#phase === TRAILERS) return this.#readTrailers(chunk, position, events);
      if (!this.#takeFraming(chunk[position]!)) return BAD;
      position++;
    }
    return position;
  }

  #takeFraming(byte: number): boolean {
    switch (this.#phase) {
      case SIZE_START:
        this.#size = 0;
        this.#phase = SIZE;
        return this.#takeDigit(byte);
      case SIZE:
        if (byte === CR) this.#phase = SIZE_LF;
        else if (byte === SEMICOLON) this.#phase = EXTENSION;
        else if (isBlank(byte)) this.#phase = SIZE_BLANK;
        else return this.#takeDigit(byte);
        return true;
      case SIZE_BLANK:
        if (byte === SEMICOLON) this.#phase = EXTENSION;
        else if (byte === CR) this.#phase = SIZE_LF;
        return byte === SEMICOLON || isBlank(byte) || (byte === CR && this.#paddedSizes);
      case EXTENSION:
        if (byte === CR) this.#phase = SIZE_LF;
        return byte === CR || TEXT[byte] === 1;
      case SIZE_LF:
        this.#phase = this.#size > 0 ? DATA : TRAILERS;
        return byte === LF;
      case DATA_CR:
        this.#phase = DATA_LF;
        return byte === CR;
      default:
        this.#phase = SIZE_START;
        return byte === LF;
    }
  }

  #takeDigit(byte: number): boolean {
    const digit = HEX[byte]!;
    this.#size = this.#size * 16 + digit;
    return digit < 16 && this.#size <= Number.MAX_SAFE_INTEGER;
  }

  #passData(chunk: Buffer, from: number, events: BodyEvents): number {
    const end = Math.min(chunk.length, from + this.#size);
    this.#size -= end - from;
    if (this.#size === 0) this.#phase = DATA_CR;
    events.onBody(from === 0 && end === chunk.length ? chunk : chunk.subarray(from, end));
    return end;
  }

  #readTrailers(chunk: Buffer, from: number, events: BodyEvents): number {
    const position = this.#section.read(this.#lines, chunk, from, this.#trailerBytes);
    if (position === BAD || position === TOO_LARGE) return position;
    if (position < 0) return chunk.length;
    const { bytes } = this.#section;
    const { fields } = this.#lines;
    this.#section.release();
    this.#lines.reset();
    this.#phase = END;
    if (fields.length > 0) events.onTrailers({ bytes, fields });
    return position;
  }
}
