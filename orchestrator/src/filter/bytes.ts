/** Comparisons of texts as they stand in a message, without making strings of them. */

/** Each byte, ASCII letters in lower case. */
const FOLDED = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte,
);
const COLON = 0x3a;
const ZERO = 0x30;
const NINE = 0x39;

/** A text's bytes with its ASCII letters in lower case. */
export function folded(text: string): Buffer {
  return Buffer.from(text).map((byte) => FOLDED[byte] as number) as Buffer;
}

/** Whether the bytes from `start` begin with all of `wanted`. */
export function beginsWith(source: Buffer, start: number, end: number, wanted: Buffer): boolean {
  if (end - start < wanted.length) return false;
  for (let i = 0; i < wanted.length; i++) if (source[start + i] !== wanted[i]) return false;
  return true;
}

/** Whether the bytes from `start` begin with all of `wanted`, which is folded, in any case. */
export function beginsWithFolded(source: Buffer, start: number, end: number, wanted: Buffer): boolean {
  if (end - start < wanted.length) return false;
  for (let i = 0; i < wanted.length; i++) if (FOLDED[source[start + i] as number] !== wanted[i]) return false;
  return true;
}

/** Whether `wanted`, which is folded, stands somewhere between `start` and `end`, in any case. */
export function containsFolded(source: Buffer, start: number, end: number, wanted: Buffer): boolean {
  for (let from = start; from <= end - wanted.length; from++)
    if (beginsWithFolded(source, from, end, wanted)) return true;
  return false;
}

/** Where the colon and the digits at the end of a host begin; its end when it has no port. */
export function portStart(source: Buffer, start: number, end: number): number {
  let position = end - 1;
  while (position >= start && isDigit(source[position] as number)) position--;
  return position >= start && source[position] === COLON ? position : end;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}
