import { isUtf8 } from 'node:buffer';

/** Bytes as Postgres takes them for text: themselves when they are UTF-8, else each byte as a latin1 character. */
export function toTextBytes(bytes: Buffer): Buffer {
  return isUtf8(bytes) ? bytes : Buffer.from(bytes.toString('latin1'), 'utf8');
}

/** The same for columns where empty means unknown. */
export function toTextColumn(bytes: Buffer): Buffer | undefined {
  return bytes.length === 0 ? undefined : toTextBytes(bytes);
}
