import { indexOfByte, latin1 } from '../spans.ts';
import type { Edits } from './edits.ts';
import type { SecretNames } from './secret-names.ts';

const SPACE = 0x20;
const NUMBER_SIGN = 0x23;
const AMPERSAND = 0x26;
const SLASH = 0x2f;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const GREATER = 0x3e;
const QUESTION = 0x3f;

/**
 * Marks the values of named parameters of path segments, such as `/cart;jsessionid=1A2B` (RFC 3986 §3.3, Jakarta Servlet §3.5).
 *
 * They are looked for behind every semicolon, in a query as well, since a URL may stand in one. A value ends at the next
 * semicolon or at the end of the path's segment; in a query a slash belongs to it.
 */
export function redactPathParameters(
  bytes: Uint8Array,
  start: number,
  end: number,
  names: SecretNames,
  edits: Edits,
): void {
  if (names.size === 0) return;
  const query = indexOfByte(bytes, start, end, QUESTION);
  let semicolon = indexOfByte(bytes, start, end, SEMICOLON);
  while (semicolon < end) {
    const nameStart = semicolon + 1;
    let position = nameStart;
    while (position < end && bytes[position] !== EQUALS && !ends(bytes[position]!, position < query))
      position++;
    if (position < end && bytes[position] === EQUALS && names.has(latin1(bytes, nameStart, position))) {
      const valueStart = ++position;
      while (position < end && !ends(bytes[position]!, position < query)) position++;
      edits.replace(valueStart, position);
    }
    semicolon = indexOfByte(bytes, position, end, SEMICOLON);
  }
}

/** What can't stand in a value: what separates parts of a URL, and what ends a URL within a field. */
function ends(byte: number, inPath: boolean): boolean {
  return (
    byte === SEMICOLON ||
    byte === QUESTION ||
    byte === NUMBER_SIGN ||
    byte === GREATER ||
    byte <= SPACE ||
    (inPath ? byte === SLASH : byte === AMPERSAND)
  );
}
