import { indexOfByte, latin1, type RequestSpans } from './spans.ts';

const SLASH = 0x2f;
const QUESTION = 0x3f;
const NUMBER_SIGN = 0x23;
const AT = 0x40;
const COLON = 0x3a;

/** Unreserved characters mean the same encoded and bare (RFC 3986 §6.2.2.2). */
const UNRESERVED = /[A-Za-z0-9._~-]/;

/**
 * The host that a request is for: of an absolute target, else of the target of CONNECT, else of the Host field; in
 * lower case, without user information, port and final dot. Empty when none is named.
 */
export function requestHost(request: RequestSpans): string {
  const { bytes, fields, hostField } = request;
  const authority = absoluteAuthority(request);
  if (authority !== undefined) return hostOf(latin1(bytes, authority.start, authority.end));
  if (request.method === 'CONNECT') return hostOf(latin1(bytes, request.targetStart, request.targetEnd));
  if (hostField < 0) return '';
  return hostOf(latin1(bytes, fields[hostField + 2]!, fields[hostField + 3]!));
}

/**
 * The path that a request is for, without its query, in the form of {@link normalizePath}. `/` for an absolute target
 * without a path; empty for `*` and CONNECT, which have none.
 */
export function requestPath(request: RequestSpans): string {
  const { bytes, targetEnd } = request;
  let start = request.targetStart;
  if (bytes[start] !== SLASH) {
    const authority = absoluteAuthority(request);
    if (authority === undefined) return '';
    start = authority.end;
  }
  const end = Math.min(
    indexOfByte(bytes, start, targetEnd, QUESTION),
    indexOfByte(bytes, start, targetEnd, NUMBER_SIGN),
  );
  return start === end ? '/' : normalizePath(latin1(bytes, start, end));
}

/**
 * One form for the ways to write a path: unreserved characters bare, all else that is encoded in upper-case hex, bytes
 * beyond ASCII encoded. Dot segments and doubled slashes stay, since servers differ in what they make of them.
 *
 * @param path one character a byte
 */
export function normalizePath(path: string): string {
  return path.replaceAll(/%([0-9A-Fa-f]{2})|[^\x21-\x7e]/g, (found, hex: string | undefined) => {
    if (hex === undefined) return percent(found.charCodeAt(0));
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return UNRESERVED.test(character) ? character : found.toUpperCase();
  });
}

/** Where an absolute-form target (RFC 9112 §3.2.2) names its server; undefined for the other forms. */
export function absoluteAuthority(request: RequestSpans): { start: number; end: number } | undefined {
  const { bytes, targetStart, targetEnd, method } = request;
  if (bytes[targetStart] === SLASH || method === 'CONNECT') return undefined;
  const colon = indexOfByte(bytes, targetStart, targetEnd, COLON);
  if (bytes[colon + 1] !== SLASH || bytes[colon + 2] !== SLASH || colon + 3 > targetEnd) return undefined;
  const start = colon + 3;
  let end = start;
  while (end < targetEnd && ![SLASH, QUESTION, NUMBER_SIGN].includes(bytes[end]!)) end++;
  return { start, end };
}

function hostOf(authority: string): string {
  const host = authority.slice(authority.lastIndexOf(String.fromCharCode(AT)) + 1).toLowerCase();
  const withoutPort = host.startsWith('[') ? host.replace(/\]:\d*$/, ']') : host.replace(/:\d*$/, '');
  return withoutPort.endsWith('.') ? withoutPort.slice(0, -1) : withoutPort;
}

function percent(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}
