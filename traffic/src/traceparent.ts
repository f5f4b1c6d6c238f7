import type { RequestSpans } from './select/spans.ts';

/** A trace id as four numbers of 32 bits, first byte highest. */
export interface TraceIdWords {
  word0: number;
  word1: number;
  word2: number;
  word3: number;
}

const DASH = 0x2d;
const VERSION_END = 2;
const TRACE_ID = 3;
const TRACE_ID_END = 35;
const PARENT_ID = 36;
const PARENT_ID_END = 52;
const FLAGS = 53;
/** What all versions have in common, in bytes: later ones may say more behind it. */
export const TRACEPARENT_LENGTH = 55;

/** What of a request head tells its trace. */
type TraceSpans = Pick<RequestSpans, 'bytes' | 'fields' | 'traceparentField' | 'traceparentRepeated'>;

/**
 * Reads the trace id of a request head. Several `traceparent` lines count as none: nobody knows which one is meant.
 *
 * @param into receives the trace id
 * @returns whether there is a valid one
 */
export function readRequestTraceId(request: TraceSpans, into: TraceIdWords): boolean {
  const { bytes, fields, traceparentField: field } = request;
  if (field < 0 || request.traceparentRepeated) return false;
  return readTraceId(bytes, fields[field + 2]!, fields[field + 3]!, into);
}

/** Whether a text is a valid `traceparent`, as {@link readTraceId} reads it. */
export function isTraceparent(text: string): boolean {
  // One more than what is common to all versions: whether a dash follows.
  const start = text.slice(0, TRACEPARENT_LENGTH + 1);
  const bytes = Uint8Array.from(start, (character) => Math.min(character.charCodeAt(0), 0xff));
  return readTraceId(bytes, 0, bytes.length, IGNORED);
}

/** The trace id of a `traceparent`, as 32 hex digits; null when there is none or it is not valid. */
export function traceIdOf(traceparent: string | null | undefined): string | null {
  if (traceparent == null || !isTraceparent(traceparent)) return null;
  return traceparent.slice(TRACE_ID, TRACE_ID_END);
}

const IGNORED: TraceIdWords = { word0: 0, word1: 0, word2: 0, word3: 0 };

/**
 * Reads the trace id of a `traceparent` value (W3C Trace Context §3.2, §4.3): lower-case hex, neither id all zeros,
 * version `ff` forbidden; later versions may say more behind a dash.
 *
 * @param into receives the trace id
 * @returns whether the value is valid
 */
function readTraceId(bytes: Uint8Array, start: number, end: number, into: TraceIdWords): boolean {
  if (end - start < TRACEPARENT_LENGTH) return false;
  const version = hexByte(bytes, start);
  if (version < 0 || version === 0xff) return false;
  if (end - start > TRACEPARENT_LENGTH && (version === 0 || bytes[start + TRACEPARENT_LENGTH] !== DASH))
    return false;
  if (
    bytes[start + VERSION_END] !== DASH ||
    bytes[start + TRACE_ID_END] !== DASH ||
    bytes[start + PARENT_ID_END] !== DASH ||
    hexByte(bytes, start + FLAGS) < 0 ||
    !isId(bytes, start + TRACE_ID, start + TRACE_ID_END) ||
    !isId(bytes, start + PARENT_ID, start + PARENT_ID_END)
  )
    return false;
  into.word0 = hexWord(bytes, start + TRACE_ID);
  into.word1 = hexWord(bytes, start + TRACE_ID + 8);
  into.word2 = hexWord(bytes, start + TRACE_ID + 16);
  into.word3 = hexWord(bytes, start + TRACE_ID + 24);
  return true;
}

function isId(bytes: Uint8Array, start: number, end: number): boolean {
  let seen = 0;
  for (let position = start; position < end; position++) {
    const digit = hexDigit(bytes[position]!);
    if (digit < 0) return false;
    seen |= digit;
  }
  return seen !== 0;
}

function hexWord(bytes: Uint8Array, start: number): number {
  let word = 0;
  for (let index = 0; index < 8; index++) word = (word << 4) | hexDigit(bytes[start + index]!);
  return word;
}

/** -1 for what is no pair of hex digits. */
function hexByte(bytes: Uint8Array, start: number): number {
  const high = hexDigit(bytes[start]!);
  const low = hexDigit(bytes[start + 1]!);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/** -1 for what is no digit; capitals are none in a traceparent. */
function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  return byte >= 0x61 && byte <= 0x66 ? byte - 0x57 : -1;
}
