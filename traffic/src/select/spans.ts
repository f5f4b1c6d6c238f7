/** Message heads as they are parsed: bytes and offsets into them, so that looking at a head copies nothing. */

/** Field lines of a head or of trailers. */
export interface FieldSpans {
  readonly bytes: Uint8Array;
  /** Four offsets into `bytes` per field line, in wire order: name start, name end, value start, value end. */
  readonly fields: readonly number[];
}

/** A request head. */
export interface RequestSpans extends FieldSpans {
  readonly method: string;
  /** Offsets of the request target in `bytes`. */
  readonly targetStart: number;
  readonly targetEnd: number;
  /** Offset of the Host field's entry in `fields`, -1 when there is none. */
  readonly hostField: number;
  /** The same for the first `traceparent`. */
  readonly traceparentField: number;
  /** Whether another one follows it. */
  readonly traceparentRepeated: boolean;
}

const ENCODER = new TextEncoder();

/** A span as text, one character a byte (ISO 8859-1). */
export function latin1(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let position = start; position < end; position++) text += String.fromCharCode(bytes[position]!);
  return text;
}

/** A text as the bytes of its UTF-8 form. */
export function utf8(text: string): Uint8Array {
  return ENCODER.encode(text);
}

/** Whether a span holds exactly these bytes. */
export function spanEquals(bytes: Uint8Array, start: number, end: number, expected: Uint8Array): boolean {
  if (end - start !== expected.length) return false;
  for (let index = 0; index < expected.length; index++) {
    if (bytes[start + index] !== expected[index]) return false;
  }
  return true;
}

/** Whether `bytes` reads `lowerCase` from `start` on, ASCII letters compared without case. */
export function readsWithoutCase(bytes: Uint8Array, start: number, lowerCase: Uint8Array): boolean {
  for (let index = 0; index < lowerCase.length; index++) {
    const byte = bytes[start + index]!;
    const lower = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
    if (lower !== lowerCase[index]) return false;
  }
  return true;
}

/** The position of a byte within a span, `end` when it is not there. */
export function indexOfByte(bytes: Uint8Array, start: number, end: number, byte: number): number {
  let position = start;
  while (position < end && bytes[position] !== byte) position++;
  return position;
}
