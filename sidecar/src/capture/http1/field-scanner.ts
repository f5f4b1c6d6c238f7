import { COLON, CR, DEL, HTAB, LF, SP, TEXT, TOKEN } from './bytes.ts';
import { BAD, MORE, type Scanner } from './scanner.ts';

const LINE = 0;
const NAME = 1;
const GAP = 2;
const VALUE = 3;
const LINE_END = 4;
const SECTION_END = 5;

/**
 * Field lines up to and including the empty line (RFC 9112 §5), strictly: folded lines, space before the colon, bare
 * CR or LF and control bytes are refused.
 */
export class FieldScanner implements Scanner {
  /** Four offsets a line: name start, name end, value start, value end. */
  fields: number[] = [];
  #phase = LINE;
  #start = 0;

  /** Prepares for the next section. The fields of the last one stay with whoever took them. */
  reset(): void {
    this.fields = [];
    this.#phase = LINE;
  }

  scan(bytes: Buffer, base: number, from: number, end: number): number {
    const { fields } = this;
    let phase = this.#phase;
    let start = this.#start + base;
    let position = phase === LINE ? takeWholeLines(fields, bytes, base, from, end) : from;
    for (;;) {
      if (phase === LINE) {
        if (position >= end) break;
        start = position;
        if (bytes[position] === CR) {
          position++;
          phase = SECTION_END;
        } else phase = NAME;
      }
      if (phase === NAME) {
        while (position < end && TOKEN[bytes[position]!] === 1) position++;
        if (position >= end) break;
        if (bytes[position] !== COLON || position === start) return BAD;
        fields.push(start - base, position - base);
        position++;
        phase = GAP;
      }
      if (phase === GAP) {
        while (position < end && (bytes[position] === SP || bytes[position] === HTAB)) position++;
        if (position >= end) break;
        start = position;
        phase = VALUE;
      }
      if (phase === VALUE) {
        while (position < end && TEXT[bytes[position]!] === 1) position++;
        if (position >= end) break;
        if (bytes[position] !== CR) return BAD;
        fields.push(start - base, trimmedEnd(bytes, start, position) - base);
        position++;
        phase = LINE_END;
      }
      if (position >= end) break;
      if (bytes[position] !== LF) return BAD;
      position++;
      if (phase === SECTION_END) return position;
      phase = LINE;
    }
    this.#phase = phase;
    this.#start = start - base;
    return MORE;
  }
}

/**
 * The hot path: takes the lines that are there as a whole, with all state in local variables. Stops at the start of
 * the first line that is incomplete, empty or wrong, which is left to the scanner.
 */
function takeWholeLines(fields: number[], bytes: Buffer, base: number, from: number, end: number): number {
  for (let line = from; ;) {
    let position = line;
    while (position < end && TOKEN[bytes[position]!] === 1) position++;
    const nameEnd = position;
    if (position >= end || bytes[position] !== COLON || position === line) return line;
    position++;
    while (position < end && (bytes[position] === SP || bytes[position] === HTAB)) position++;
    const valueStart = position;
    for (; position < end; position++) {
      const byte = bytes[position]!;
      if ((byte < SP && byte !== HTAB) || byte === DEL) break;
    }
    if (position + 1 >= end || bytes[position] !== CR || bytes[position + 1] !== LF) return line;
    fields.push(
      line - base,
      nameEnd - base,
      valueStart - base,
      trimmedEnd(bytes, valueStart, position) - base,
    );
    line = position + 2;
  }
}

function trimmedEnd(bytes: Buffer, start: number, end: number): number {
  let trimmed = end;
  while (trimmed > start && (bytes[trimmed - 1] === SP || bytes[trimmed - 1] === HTAB)) trimmed--;
  return trimmed;
}
