/** A request id that has just been read, as Postgres takes it; overwritten by the next one. */
export const REQUEST_ID_BYTES = Buffer.alloc(16);

const TEXT_LENGTH = 36;
const DASH = 0x2d;
const VERSION = 7;
/** Where the pairs of digits of a UUID's 16 bytes stand in its text. */
const PAIRS = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
const DASHES = [8, 13, 18, 23];

const DIGITS = new Int8Array(256).fill(-1);
for (let digit = 0; digit < 16; digit++) DIGITS[digit.toString(16).charCodeAt(0)] = digit;

/**
 * Reads a UUID in canonical lower case.
 *
 * @param target takes its 16 bytes
 * @returns whether it is one
 */
export function readUuid(text: Buffer, start: number, end: number, target: Buffer): boolean {
  if (end - start !== TEXT_LENGTH) return false;
  for (const position of DASHES) if (text[start + position] !== DASH) return false;
  for (let i = 0; i < 16; i++) {
    const position = start + (PAIRS[i] as number);
    const high = DIGITS[text[position] as number] as number;
    const low = DIGITS[text[position + 1] as number] as number;
    if ((high | low) < 0) return false;
    target[i] = (high << 4) | low;
  }
  return true;
}

/**
 * Reads a UUIDv7 into {@link REQUEST_ID_BYTES}.
 *
 * @returns the time in it, in whole milliseconds since 1970, or undefined when the text is none
 */
export function readRequestId(text: Buffer, start: number, end: number): number | undefined {
  const id = REQUEST_ID_BYTES;
  if (!readUuid(text, start, end, id) || (id[6] as number) >> 4 !== VERSION) return undefined;
  return id.readUIntBE(0, 6);
}
