/** The bytes that HTTP/1 gives a meaning, and the classes that RFC 9110 §5 and RFC 9112 §2 sort them into. */

export const HTAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SP = 0x20;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;
export const DEL = 0x7f;

const TOKEN_MARKS = "!#$%&'*+-.^_`|~";

/** 1 for each byte of a token: methods and field names. */
export const TOKEN = byteClass((byte) => isLetter(byte) || isDigit(byte) || isMark(byte));

/** 1 for each byte of a field value, reason phrase or chunk extension. Like llhttp, DEL is not among them. */
export const TEXT = byteClass((byte) => byte === HTAB || (byte >= SP && byte !== DEL));

/** 1 for each byte of a request target. Servers accept raw bytes beyond ASCII there, so they are recorded. */
export const TARGET = byteClass((byte) => byte > SP && byte !== DEL);

/** The value of each hexadecimal digit, 16 for every other byte. */
export const HEX = Uint8Array.from({ length: 256 }, (_, byte) => {
  const value = Number.parseInt(String.fromCharCode(byte), 16);
  return Number.isNaN(value) ? 16 : value;
});

/** Whether the byte is an ASCII digit. */
export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** Whether the byte is an ASCII letter. */
export function isLetter(byte: number): boolean {
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** Whether the byte is a space or a horizontal tab. */
export function isBlank(byte: number): boolean {
  return byte === SP || byte === HTAB;
}

/**
 * Whether `bytes` reads `expected` from `start` on, letters compared without case.
 *
 * @param expected in lower case, made of letters, digits and `-` or `/`
 */
export function reads(bytes: Uint8Array, start: number, expected: Uint8Array): boolean {
  for (let index = 0; index < expected.length; index++) {
    // Setting 0x20 changes only upper-case letters into something that `expected` may hold.
    if ((bytes[start + index]! | 0x20) !== expected[index]) return false;
  }
  return true;
}

function isMark(byte: number): boolean {
  return TOKEN_MARKS.includes(String.fromCharCode(byte));
}

function byteClass(belongs: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (belongs(byte) ? 1 : 0));
}
