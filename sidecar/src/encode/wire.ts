/**
 * Protobuf's wire format (protobuf.dev/programming-guides/encoding), written straight into a batch. Every function
 * takes a buffer and an offset and returns the offset behind what it wrote; the caller made sure of the room.
 *
 * Lengths that are not known beforehand are written as varints padded to four bytes, which decoders accept.
 */

/** Bytes that {@link closeMessage} fills in. */
export const PADDED_LENGTH = 4;

/** Above this many bytes, the engine's own copy beats a loop. */
const COPY_LOOP_LIMIT = 48;

/** Writes an unsigned integer up to 2^53. */
export function writeVarint(buffer: Uint8Array, offset: number, value: number): number {
  let p = offset;
  let rest = value;
  while (rest > 0x7fffffff) {
    buffer[p++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  let small = rest | 0;
  while (small > 0x7f) {
    buffer[p++] = (small & 0x7f) | 0x80;
    small >>>= 7;
  }
  buffer[p++] = small;
  return p;
}

/** Writes a field of type varint; nothing when the value is the default 0. The tag must fit one byte. */
export function writeNumberField(buffer: Uint8Array, offset: number, tag: number, value: number): number {
  if (value === 0) return offset;
  buffer[offset] = tag;
  return writeVarint(buffer, offset + 1, value);
}

/** Writes a bytes or string field from a slice; nothing when it is empty. */
export function writeSliceField(
  buffer: Uint8Array,
  offset: number,
  tag: number,
  source: Uint8Array,
  start: number,
  end: number,
): number {
  if (end === start) return offset;
  buffer[offset] = tag;
  const p = writeVarint(buffer, offset + 1, end - start);
  return copySlice(buffer, p, source, start, end);
}

/** Writes a string field of ASCII characters. */
export function writeAsciiField(buffer: Uint8Array, offset: number, tag: number, text: string): number {
  buffer[offset] = tag;
  let p = writeVarint(buffer, offset + 1, text.length);
  for (let i = 0; i < text.length; i++) buffer[p++] = text.charCodeAt(i);
  return p;
}

/** Copies a slice as it is. */
export function copySlice(
  buffer: Uint8Array,
  offset: number,
  source: Uint8Array,
  start: number,
  end: number,
): number {
  if (end - start > COPY_LOOP_LIMIT) {
    buffer.set(start === 0 && end === source.length ? source : source.subarray(start, end), offset);
    return offset + end - start;
  }
  let p = offset;
  for (let i = start; i < end; i++) buffer[p++] = source[i] as number;
  return p;
}

/**
 * Makes sure that all bytes up to an offset were really written: behind the end of a buffer they vanish in silence.
 *
 * @throws RangeError when the offset lies behind the end
 */
export function checkWritten(buffer: Uint8Array, end: number): void {
  if (end > buffer.length)
    throw new RangeError(`wrote ${end} bytes into ${buffer.length}: the bound of an event is too small`);
}

/** Begins a nested message of unknown length: writes the tag and leaves room. */
export function openMessage(buffer: Uint8Array, offset: number, tag: number): number {
  buffer[offset] = tag;
  return offset + 1 + PADDED_LENGTH;
}

/** Ends a nested message: `start` is what {@link openMessage} returned, `end` the offset behind its last byte. */
export function closeMessage(buffer: Uint8Array, start: number, end: number): void {
  const length = end - start;
  buffer[start - 4] = (length & 0x7f) | 0x80;
  buffer[start - 3] = ((length >>> 7) & 0x7f) | 0x80;
  buffer[start - 2] = ((length >>> 14) & 0x7f) | 0x80;
  buffer[start - 1] = (length >>> 21) & 0x7f;
}
