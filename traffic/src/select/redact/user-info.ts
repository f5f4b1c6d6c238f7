import type { Edits } from './edits.ts';

const SLASH = 0x2f;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const AT = 0x40;
const QUESTION = 0x3f;
const NUMBER_SIGN = 0x23;
const GREATER = 0x3e;
const SPACE = 0x20;

/**
 * Marks the user information of a URL (RFC 3986 §3.2.1), whether absolute or beginning with `//`. Slashes are read as
 * generously as browsers read them.
 *
 * @returns the end of the URL's authority, `start` when it has none
 */
export function redactUserInfo(bytes: Uint8Array, start: number, end: number, edits: Edits): number {
  const behindScheme = skipScheme(bytes, start, end);
  const authority = skipSlashes(bytes, behindScheme, end);
  if (behindScheme === start && authority - start < 2) return start;
  const authorityEnds = authorityEnd(bytes, authority, end);
  redactBeforeAt(bytes, authority, authorityEnds, edits);
  return authorityEnds;
}

/** The same for a field's value that is a URL, or holds URLs anywhere, such as Refresh, Link, or a URL in a query. */
export function redactUserInfos(bytes: Uint8Array, start: number, end: number, edits: Edits): void {
  redactNestedUserInfos(bytes, redactUserInfo(bytes, start, end, edits), end, edits);
}

/** The same behind every two slashes, where it is known that no URL begins at `start` itself. */
export function redactNestedUserInfos(bytes: Uint8Array, start: number, end: number, edits: Edits): void {
  let position = start;
  while (position < end) {
    const authority = skipSlashes(bytes, position, end);
    if (authority - position < 2) position = authority + 1;
    else {
      position = nestedAuthorityEnd(bytes, authority, end);
      redactBeforeAt(bytes, authority, position, edits);
    }
  }
}

/** Marks what stands before the last `@` of an authority. */
export function redactBeforeAt(bytes: Uint8Array, start: number, end: number, edits: Edits): void {
  let at = end - 1;
  while (at > start && bytes[at] !== AT) at--;
  if (at > start) edits.replace(start, at);
}

/** Where a backslash counts as a slash, the authority may end before. */
function authorityEnd(bytes: Uint8Array, start: number, end: number): number {
  let position = start;
  for (; position < end; position++) {
    const byte = bytes[position]!;
    if (byte === SLASH || byte === QUESTION || byte === NUMBER_SIGN) break;
  }
  return position;
}

/** What is around a URL within a field ends it too. */
function nestedAuthorityEnd(bytes: Uint8Array, start: number, end: number): number {
  const last = authorityEnd(bytes, start, end);
  let position = start;
  while (position < last && bytes[position] !== GREATER && bytes[position]! > SPACE) position++;
  return position;
}

function skipSlashes(bytes: Uint8Array, start: number, end: number): number {
  let position = start;
  while (position < end && isSlash(bytes[position]!)) position++;
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
