/** A request id as it goes to Postgres, with the time that it holds. */
export interface ReadRequestId {
  readonly bytes: Buffer;
  /** Whole milliseconds since 1970. */
  readonly unixMs: number;
}

const TEXT_LENGTH = 36;
const DASH = 0x2d;
const VERSION = 7;
/** Where the pairs of digits of a UUID's 16 bytes stand in its text. */
const PAIRS = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
const DASHES = [8, 13, 18, 23];

const DIGITS = new Int8Array(256).fill(-1);
for (let digit = 0; digit < 16; digit++) DIGITS[digit.toString(16).charCodeAt(0)] = digit;

/** Reads a UUID in canonical lower case from its text, or undefined when it is none. */
export function readUuid(text: Buffer): Buffer | undefined {
  if (text.length !== TEXT_LENGTH) return undefined;
  for (const position of DASHES) if (text[position] !== DASH) return undefined;
  const bytes = Buffer.allocUnsafe(16);
  for (let i = 0; i < 16; i++) {
    const position = PAIRS[i] as number;
    const high = DIGITS[text[position] as number] as number;
    const low = DIGITS[text[position + 1] as number] as number;
    if ((high | low) < 0) return undefined;
    bytes[i] = (high << 4) | low;
  }
  return bytes;
}

/** Reads a UUIDv7, or undefined when the text is none. */
export function readRequestId(text: Buffer): ReadRequestId | undefined {
  const bytes = readUuid(text);
  if (bytes === undefined || (bytes[6] as number) >> 4 !== VERSION) return undefined;
  return { bytes, unixMs: bytes.readUIntBE(0, 6) };
}
