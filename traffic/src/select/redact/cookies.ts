import { indexOfByte, latin1 } from '../spans.ts';
import type { Edits } from './edits.ts';
import type { SecretNames } from './secret-names.ts';

const SPACE = 0x20;
const TAB = 0x09;
const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;

/** Which field a value comes from: they begin cookies at different places. */
export type CookieField = 'cookie' | 'set-cookie';

/**
 * Marks the values of named cookies (RFC 6265 §4.1.1, §4.2.1); attributes of Set-Cookie stay. Servers differ in whether
 * commas and blanks separate cookies and whether quotes protect a semicolon, so a name may follow a comma or a blank, and
 * a quoted value goes on to the semicolon behind its closing quote: either reading leaves nothing of it. A cookie
 * without a name comes back as what its value looks like.
 */
export function redactCookies(
  bytes: Uint8Array,
  start: number,
  end: number,
  field: CookieField,
  names: SecretNames,
  edits: Edits,
): void {
  let position = start;
  let segment = start;
  while (position < end) {
    while (position < end && (isBlank(bytes[position]!) || bytes[position] === EQUALS)) position++;
    const nameStart = position;
    while (position < end && bytes[position] !== EQUALS && !endsName(bytes[position]!)) position++;
    const nameEnd = position;
    position = skipBlanks(bytes, position, end);
    if (position < end && bytes[position] === EQUALS) {
      // Where blanks separate nothing, they belong to the name.
      const isNamed =
        names.has(latin1(bytes, nameStart, nameEnd)) ||
        (segment < nameStart && names.has(latin1(bytes, segment, nameEnd)));
      segment = end; // what follows the first `=` belongs to a value, if blanks are no separators
      if (isNamed) {
        const valueStart = skipBlanks(bytes, position + 1, end);
        position = valueEnd(bytes, valueStart, end);
        edits.replace(valueStart, trimEnd(bytes, valueStart, position));
      } else while (position < end && !endsName(bytes[position]!)) position++;
    }
    // Behind the semicolon of a Set-Cookie come attributes, until a comma may begin another cookie.
    if (field === 'set-cookie') position = indexOfByte(bytes, position, end, COMMA);
    if (position < end && separates(bytes[position]!)) segment = skipBlanks(bytes, ++position, end);
  }
}

function valueEnd(bytes: Uint8Array, start: number, end: number): number {
  let position = start;
  if (bytes[start] === QUOTE)
    for (position++; position < end && bytes[position] !== QUOTE; position++)
      if (bytes[position] === BACKSLASH) position++;
  return indexOfByte(bytes, Math.min(position, end), end, SEMICOLON);
}

function separates(byte: number): boolean {
  return byte === SEMICOLON || byte === COMMA;
}

function endsName(byte: number): boolean {
  return separates(byte) || isBlank(byte);
}

function skipBlanks(bytes: Uint8Array, start: number, end: number): number {
  let position = start;
  while (position < end && isBlank(bytes[position]!)) position++;
  return position;
}

function trimEnd(bytes: Uint8Array, start: number, end: number): number {
  let trimmed = end;
  while (trimmed > start && isBlank(bytes[trimmed - 1]!)) trimmed--;
  return trimmed;
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB;
}
