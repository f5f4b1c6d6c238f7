import { indexOfByte, latin1 } from '../spans.ts';
import type { Edits } from './edits.ts';
import type { SecretNames } from './secret-names.ts';

const AMPERSAND = 0x26;
const EQUALS = 0x3d;
const QUESTION = 0x3f;
const NUMBER_SIGN = 0x23;
const SEMICOLON = 0x3b;

/**
 * Marks the values of named parameters in the query and the fragment of a URL.
 *
 * Names count as servers read them. Servers differ in whether `;` separates parameters, so a name may follow one, while
 * the value of a named parameter goes on to the next `&`: either reading leaves nothing of it.
 */
export function redactQuery(
  bytes: Uint8Array,
  start: number,
  end: number,
  names: SecretNames,
  edits: Edits,
): void {
  if (names.size === 0) return;
  let separator = start;
  while (separator < end && bytes[separator] !== QUESTION && bytes[separator] !== NUMBER_SIGN) separator++;
  while (separator < end) {
    const nameStart = separator + 1;
    let position = nameStart;
    while (position < end && bytes[position] !== EQUALS && !separates(bytes[position]!)) position++;
    if (bytes[position] === EQUALS && position < end) {
      if (names.has(latin1(bytes, nameStart, position))) {
        const valueEnd = indexOfByte(bytes, position + 1, end, AMPERSAND);
        edits.replace(position + 1, valueEnd);
        position = valueEnd;
      } else while (position < end && !separates(bytes[position]!)) position++;
    }
    separator = position;
  }
}

function separates(byte: number): boolean {
  return byte === AMPERSAND || byte === SEMICOLON || byte === QUESTION || byte === NUMBER_SIGN;
}
