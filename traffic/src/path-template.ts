import { extensionStart, segmentKind, type SegmentKind } from './path-segment.ts';

/** The longest template. */
export const PATH_TEMPLATE_BYTES = 200;
/** Stands for all that follows where a path is too long or too deep. */
const REST = bytesOf('**');
const MOST_SEGMENTS = 12;
/** Kept free for {@link REST} and the slash before it. */
const SPACE = PATH_TEMPLATE_BYTES - REST.length - 1;

const SLASH = 0x2f;
const QUESTION_MARK = 0x3f;
const NUMBER_SIGN = 0x23;
const SEMICOLON = 0x3b;

const PLACEHOLDERS: Readonly<Record<SegmentKind, Uint8Array>> = {
  number: bytesOf('{number}'),
  uuid: bytesOf('{uuid}'),
  date: bytesOf('{date}'),
  hash: bytesOf('{hash}'),
  id: bytesOf('{id}'),
  email: bytesOf('{email}'),
  text: bytesOf('{text}'),
  token: bytesOf('{token}'),
};

/**
 * Writes the template of a path: values folded, each to what it is, query and path parameters dropped, so that
 * requests for the same kind of thing have the same one. It is ASCII and has {@link PATH_TEMPLATE_BYTES} at most.
 *
 * @param source holds a path, with or without query, as UTF-8
 * @param target takes the template
 * @param at where in the target
 * @returns where the template ends
 */
export function writePathTemplate(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
): number {
  const limit = at + SPACE;
  let to = at;
  let from = start;
  for (let segments = 0; from < end; segments++) {
    const before = to;
    if (source[from] === SLASH) {
      target[to++] = SLASH;
      from++;
    } else if (segments > 0) break;
    const segmentEnd = endOfSegment(source, from, end);
    to = segments < MOST_SEGMENTS ? writeSegment(source, from, segmentEnd, target, to, limit) : -1;
    if (to < 0) {
      to = before;
      target[to++] = SLASH;
      return append(REST, target, to);
    }
    from = segmentEnd;
    if (source[from] === SEMICOLON) while (from < end && !endsPath(source[from] as number)) from++;
  }
  return to;
}

/** The template of a path, as {@link writePathTemplate} makes it. */
export function pathTemplate(path: string): string {
  const source = new TextEncoder().encode(path);
  const target = new Uint8Array(PATH_TEMPLATE_BYTES);
  return new TextDecoder().decode(target.subarray(0, writePathTemplate(source, 0, source.length, target, 0)));
}

function endOfSegment(source: Uint8Array, start: number, end: number): number {
  let i = start;
  while (i < end && source[i] !== SEMICOLON && !endsPath(source[i] as number)) i++;
  return i;
}

function endsPath(byte: number): boolean {
  return byte === SLASH || byte === QUESTION_MARK || byte === NUMBER_SIGN;
}

/** @returns where it ends in the target, or -1 when there is no space for it */
function writeSegment(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
  limit: number,
): number {
  const stemEnd = extensionStart(source, start, end);
  const kind = segmentKind(source, start, stemEnd);
  if (kind === undefined) return at + end - start > limit ? -1 : appendSpan(source, start, end, target, at);
  const placeholder = PLACEHOLDERS[kind];
  if (at + placeholder.length + end - stemEnd > limit) return -1;
  const to = append(placeholder, target, at);
  // What looks like an extension there is the end of a host's name, or of a text.
  return kind === 'email' || kind === 'text' ? to : appendSpan(source, stemEnd, end, target, to);
}

function append(bytes: Uint8Array, target: Uint8Array, at: number): number {
  return appendSpan(bytes, 0, bytes.length, target, at);
}

function appendSpan(source: Uint8Array, start: number, end: number, target: Uint8Array, at: number): number {
  let to = at;
  for (let i = start; i < end; i++) target[to++] = source[i] as number;
  return to;
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
