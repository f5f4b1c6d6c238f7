import type { Edits } from './edits.ts';

const SLASH = 0x2f;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const AT = 0x40;
const QUESTION = 0x3f;
const NUMBER_SIGN = 0x23;

/**
 * Marks the user information of a URL (RFC 3986 §3.2.1), whether absolute or beginning with `//`. Slashes are read as
 * generously as browsers read them.
 */
export function redactUserInfo(bytes: Uint8Array, start: number, end: number, edits: Edits): void {
  const behindScheme = skipScheme(bytes, start, end);
  let position = behindScheme;
  while (position < end && isSlash(bytes[position]!)) position++;
  if (behindScheme === start && position - start < 2) return;
  redactBeforeAt(bytes, position, authorityEnd(bytes, position, end), edits);
}

/** Marks what stands before the last `@` of an authority. */
export function redactBeforeAt(bytes: Uint8Array, start: number, end: number, edits: Edits): void {
  let at = end - 1;
  while (at > start && bytes[at] !== AT) at--;
  if (at > start) edits.replace(start, at);
}

function authorityEnd(bytes: Uint8Array, start: number, end: number): number {
  let position = start;
  for (; position < end; position++) {
    const byte = bytes[position]!;
    if (isSlash(byte) || byte === QUESTION || byte === NUMBER_SIGN) break;
  }
  return position;
}

/** The position behind a scheme and its colon; `start` when there is none. */
function skipScheme(bytes: Uint8Array, start: number, end: number): number {
  let position = start;
  while (position < end && isSchemeByte(bytes[position]!)) position++;
  return position > start && position < end && bytes[position] === COLON ? position + 1 : start;
}

function isSchemeByte(byte: number): boolean {
  const lower = byte | 0x20;
  if (lower >= 0x61 && lower <= 0x7a) return true;
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2b || byte === 0x2d || byte === 0x2e;
}

function isSlash(byte: number): boolean {
  return byte === SLASH || byte === BACKSLASH;
}
