import { readRequestTraceId, TRACEPARENT_LENGTH, type TraceIdWords } from '@culvert/traffic/traceparent';
import type { RequestHead, ResponseHead } from '../capture/http1/message.ts';
import type { Exchange } from '../capture/exchange/exchange.ts';
import {
  closeMessage,
  copySlice,
  openMessage,
  writeAsciiField,
  writeNumberField,
  writeSliceField,
  writeVarint,
} from './wire.ts';

const HTTP_SCHEME = Uint8Array.from('http://', (character) => character.charCodeAt(0));
const SLASH = 0x2f;
const ASTERISK = 0x2a;
const TRACE_ID: TraceIdWords = { word0: 0, word1: 0, word2: 0, word3: 0 };

/** Tags (field number and wire type) of HttpRequestData and HttpResponseData in culvert/v1/traffic.proto. */
const REQUEST = {
  method: 0x0a,
  url: 0x12,
  version: 0x1a,
  headers: 0x22,
  traceparent: 0x42,
  startedAt: 0x4a,
  target: 0x62,
};
const RESPONSE = { status: 0x08, reason: 0x12, version: 0x1a, headers: 0x22, firstByte: 0x38 };
const TIMESTAMP = { seconds: 0x08, nanos: 0x10 };
const HEADER = { name: 0x0a, value: 0x12 };

/** An upper bound for {@link writeRequest} in bytes. */
export function requestBound(exchange: Exchange, head: RequestHead): number {
  // Each field line costs at most 10 bytes of framing beyond its own text; the target may be copied twice.
  return (
    160 + 3 * head.bytes.length + exchange.connection.encodedPeer.length + (head.fields.length >>> 2) * 10
  );
}

/** An upper bound for {@link writeResponse} in bytes, its end aside. */
export function responseBound(head: ResponseHead): number {
  return 64 + 2 * head.bytes.length + (head.fields.length >>> 2) * 10;
}

/** Writes the fields of an HttpRequestData. */
export function writeRequest(
  buffer: Uint8Array,
  offset: number,
  exchange: Exchange,
  head: RequestHead,
): number {
  let p = writeAsciiField(buffer, offset, REQUEST.method, head.method);
  p = writeUrl(buffer, p, exchange, head);
  p = writeAsciiField(buffer, p, REQUEST.version, head.version);
  p = writeFields(buffer, p, REQUEST.headers, head.bytes, head.fields);
  p = copySlice(buffer, p, exchange.connection.encodedPeer, 0, exchange.connection.encodedPeer.length);
  p = writeTraceparent(buffer, p, head);
  p = writeTimestamp(buffer, p, REQUEST.startedAt, exchange.startedAt);
  return isAbsolute(head)
    ? writeSliceField(buffer, p, REQUEST.target, head.bytes, head.targetStart, head.targetEnd)
    : p;
}

/** Whether the target names scheme and host itself (RFC 9112 §3.2.2). */
function isAbsolute({ method, bytes, targetStart, targetEnd }: RequestHead): boolean {
  const first = bytes[targetStart];
  return first !== SLASH && method !== 'CONNECT' && !(first === ASTERISK && targetEnd - targetStart === 1);
}

/** Writes the fields of an HttpResponseData except its end. */
export function writeResponse(
  buffer: Uint8Array,
  offset: number,
  exchange: Exchange,
  head: ResponseHead,
): number {
  let p = writeNumberField(buffer, offset, RESPONSE.status, head.status);
  p = writeLatin1(buffer, p, RESPONSE.reason, head.bytes, head.reasonStart, head.reasonEnd);
  p = writeAsciiField(buffer, p, RESPONSE.version, head.version);
  p = writeFields(buffer, p, RESPONSE.headers, head.bytes, head.fields);
  const firstByteUs = Math.max(0, Math.round((exchange.firstByteAt - exchange.startedAt) * 1000));
  return writeNumberField(buffer, p, RESPONSE.firstByte, firstByteUs);
}

/** Writes field lines as repeated Header messages. */
export function writeFields(
  buffer: Uint8Array,
  offset: number,
  tag: number,
  bytes: Uint8Array,
  fields: readonly number[],
): number {
  let p = offset;
  for (let i = 0; i < fields.length; i += 4) {
    const nameStart = fields[i] as number;
    const nameEnd = fields[i + 1] as number;
    const valueStart = fields[i + 2] as number;
    const valueEnd = fields[i + 3] as number;
    const nameLength = nameEnd - nameStart;
    const valueLength = valueEnd - valueStart;
    let length = 1 + varintLength(nameLength) + nameLength;
    if (valueLength > 0) length += 1 + varintLength(valueLength) + valueLength;
    buffer[p] = tag;
    p = writeVarint(buffer, p + 1, length);
    p = writeSliceField(buffer, p, HEADER.name, bytes, nameStart, nameEnd);
    p = writeSliceField(buffer, p, HEADER.value, bytes, valueStart, valueEnd);
  }
  return p;
}

/**
 * The target URI (RFC 9112 §3.3): an absolute target as it stands; else scheme, the Host field or, where it is
 * missing, the address that the bytes go to, and the path. `*` has an empty path (RFC 9110 §7.1).
 */
function writeUrl(buffer: Uint8Array, offset: number, exchange: Exchange, head: RequestHead): number {
  const { bytes, targetStart, targetEnd } = head;
  const first = bytes[targetStart] as number;
  const start = openMessage(buffer, offset, REQUEST.url);
  let p = start;
  if (first === SLASH || (first === ASTERISK && targetEnd - targetStart === 1)) {
    p = copySlice(buffer, p, HTTP_SCHEME, 0, HTTP_SCHEME.length);
    p = writeAuthority(buffer, p, exchange, head);
    if (first === SLASH) p = copySlice(buffer, p, bytes, targetStart, targetEnd);
  } else {
    if (head.method === 'CONNECT') p = copySlice(buffer, p, HTTP_SCHEME, 0, HTTP_SCHEME.length);
    p = copySlice(buffer, p, bytes, targetStart, targetEnd);
  }
  closeMessage(buffer, start, p);
  return p;
}

function writeAuthority(buffer: Uint8Array, offset: number, exchange: Exchange, head: RequestHead): number {
  const field = head.hostField;
  if (field >= 0) {
    const start = head.fields[field + 2] as number;
    const end = head.fields[field + 3] as number;
    if (end > start) return copySlice(buffer, offset, head.bytes, start, end);
  }
  const authority = exchange.connection.upstreamAuthority;
  return copySlice(buffer, offset, authority, 0, authority.length);
}

/** Of a valid one what all versions have in common, which is ASCII; the rest stands among the header fields. */
function writeTraceparent(buffer: Uint8Array, offset: number, head: RequestHead): number {
  if (!readRequestTraceId(head, TRACE_ID)) return offset;
  const start = head.fields[head.traceparentField + 2] as number;
  return writeSliceField(buffer, offset, REQUEST.traceparent, head.bytes, start, start + TRACEPARENT_LENGTH);
}

/** A string field from bytes read as latin1, which take two bytes of UTF-8 above 0x7f. */
function writeLatin1(
  buffer: Uint8Array,
  offset: number,
  tag: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  if (end === start) return offset;
  const text = openMessage(buffer, offset, tag);
  let p = text;
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number;
    if (byte < 0x80) buffer[p++] = byte;
    else {
      buffer[p++] = 0xc0 | (byte >>> 6);
      buffer[p++] = 0x80 | (byte & 0x3f);
    }
  }
  closeMessage(buffer, text, p);
  return p;
}

function writeTimestamp(buffer: Uint8Array, offset: number, tag: number, unixMs: number): number {
  const micros = Math.round(unixMs * 1000);
  const seconds = Math.floor(micros / 1e6);
  const start = offset + 2;
  let p = writeNumberField(buffer, start, TIMESTAMP.seconds, seconds);
  p = writeNumberField(buffer, p, TIMESTAMP.nanos, (micros - seconds * 1e6) * 1000);
  buffer[offset] = tag;
  buffer[offset + 1] = p - start;
  return p;
}

function varintLength(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : 3;
}
