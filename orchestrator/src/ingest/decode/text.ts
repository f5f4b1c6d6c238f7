import { isUtf8 } from 'node:buffer';

/** Bytes as Postgres takes them for text: themselves when they are UTF-8, else each byte as a latin1 character. */
export function toTextBytes(bytes: Buffer): Buffer {
  return isUtf8(bytes) ? bytes : latin1Bytes(bytes);
}

/** A text whose characters are the bytes, as Postgres takes it. */
export function latin1Bytes(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1'));
}

/** Whether all bytes are ASCII. Most texts are, and a loop over a few bytes is cheaper than making a view of them. */
export function isAscii(bytes: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if ((bytes[i] as number) > 0x7f) return false;
  return true;
}
