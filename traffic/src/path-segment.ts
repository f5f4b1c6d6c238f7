/** What a segment of a path is when it names one thing among many rather than a kind of thing. */
export type SegmentKind = 'number' | 'uuid' | 'date' | 'hash' | 'id' | 'email' | 'text' | 'token';

const DIGIT = 1;
const HEX_LETTER = 2;
const LETTER = 3;
const MARK = 4;
const AT = 5;
const FOREIGN = 6;

/** The class of each byte. What can't be in a path without an escape, braces among it, is foreign; so are escapes. */
const CLASSES = new Uint8Array(256).fill(FOREIGN);
for (let byte = 0x21; byte < 0x7f; byte++) CLASSES[byte] = classOf(String.fromCharCode(byte));

const DASH = 0x2d;
const DOT = 0x2e;
const UUID_LENGTH = 36;
const UUID_DASHES = 4;
const LONGEST_WORD = 40;
const LONGEST_EXTENSION = 5;
/** Shorter ones may be words. */
const SHORTEST_HASH = 7;
/** From this length on, what has only hexadecimal digits is no word, even without a decimal digit. */
const SURE_HASH = 16;

function classOf(character: string): number {
  if (/\d/.test(character)) return DIGIT;
  if (/[a-fA-F]/.test(character)) return HEX_LETTER;
  if (/[a-zA-Z]/.test(character)) return LETTER;
  if (character === '@') return AT;
  return /[%{}]/.test(character) ? FOREIGN : MARK;
}

/**
 * Tells whether a segment is a value, from its characters alone; undefined for a word that belongs to the path.
 *
 * @param end where it ends, its file name extension left out
 */
export function segmentKind(source: Uint8Array, start: number, end: number): SegmentKind | undefined {
  let digits = 0;
  let hexLetters = 0;
  let letters = 0;
  let marks = 0;
  let at = false;
  for (let i = start; i < end; i++) {
    switch (CLASSES[source[i] as number]) {
      case DIGIT:
        digits++;
        break;
      case HEX_LETTER:
        hexLetters++;
        break;
      case LETTER:
        letters++;
        break;
      case MARK:
        marks++;
        break;
      case AT:
        at = true;
        break;
      default:
        return 'text';
    }
  }
  const length = end - start;
  if (at) return length > 3 ? 'email' : undefined;
  if (digits === 0 && length < SURE_HASH) return undefined;
  if (digits === length) return 'number';
  if (digits >= 8 && isDate(source, start, end)) return 'date';
  if (hexLetters + letters === 0) return digits > 0 ? 'number' : undefined;
  if (letters === 0) {
    if (length === UUID_LENGTH && marks === UUID_DASHES && hasUuidDashes(source, start)) return 'uuid';
    if (marks === 0 && (length >= SURE_HASH || (digits > 0 && length >= SHORTEST_HASH))) return 'hash';
  }
  if (digits >= 4 || (digits >= 3 && length >= SURE_HASH)) return 'id';
  return length > LONGEST_WORD ? 'token' : undefined;
}

/** Where a file name extension, a dot and letters or digits, begins; the end when there is none. */
export function extensionStart(source: Uint8Array, start: number, end: number): number {
  const least = Math.max(start + 1, end - LONGEST_EXTENSION - 1);
  for (let i = end - 1; i >= least; i--) {
    const byte = source[i] as number;
    if (byte === DOT) return i < end - 1 && CLASSES[source[i + 1] as number] !== DIGIT ? i : end;
    if ((CLASSES[byte] as number) > LETTER) return end;
  }
  return end;
}

/** Whether it begins with `2026-01-31`. */
function isDate(source: Uint8Array, start: number, end: number): boolean {
  if (end - start < 10 || source[start + 4] !== DASH || source[start + 7] !== DASH) return false;
  for (const i of [0, 1, 2, 3, 5, 6, 8, 9]) if (CLASSES[source[start + i] as number] !== DIGIT) return false;
  return true;
}

function hasUuidDashes(source: Uint8Array, start: number): boolean {
  return [8, 13, 18, 23].every((i) => source[start + i] === DASH);
}
