import { createNameSet, hasName } from '../name-set.ts';
import { readsWithoutCase, utf8, type FieldSpans, type RequestSpans } from '../spans.ts';
import { absoluteAuthority } from '../target.ts';
import type { CompiledRedaction } from './compile.ts';
import { redactCookies } from './cookies.ts';
import { Edits, type Placeholder } from './edits.ts';
import { redactQuery } from './query.ts';
import { redactBeforeAt, redactUserInfo } from './user-info.ts';

/** A head or trailers with placeholders in the place of secrets. */
export interface Redacted {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly fields: readonly number[];
}

/** The same of a request head. */
export interface RedactedRequest extends Redacted {
  readonly targetStart: number;
  readonly targetEnd: number;
}

const SLASH = 0x2f;
const HOST = utf8('host');
const COOKIE = utf8('cookie');
const SET_COOKIE = utf8('set-cookie');
/** Fields that hold URLs: the standard ones, and those in which proxies repeat the URL of the request. */
const URL_FIELDS = createNameSet([
  ...['referer', 'location', 'content-location', 'refresh', 'link', 'destination'],
  ...['x-original-url', 'x-original-uri', 'x-rewrite-url', 'x-forwarded-uri', 'x-auth-request-redirect'],
]);

/** Used by one call at a time. */
const edits = new Edits();

/**
 * Replaces the secrets of a request head: in its target and its fields.
 *
 * @returns a copy with placeholders; undefined when there is nothing to replace
 */
export function redactRequest(
  request: RequestSpans,
  redaction: CompiledRedaction,
  placeholder: Placeholder,
): RedactedRequest | undefined {
  edits.reset();
  markTarget(request, redaction);
  markFields(request, redaction);
  if (edits.empty) return undefined;
  const { targetStart, targetEnd, fields } = request;
  const { bytes, offsets } = edits.apply(request.bytes, [targetStart, targetEnd, ...fields], placeholder);
  return { bytes, fields: offsets.slice(2), targetStart: offsets[0]!, targetEnd: offsets[1]! };
}

/**
 * Replaces the secrets of a response head or of trailers.
 *
 * @returns a copy with placeholders, the same up to its first field; undefined when there is nothing to replace
 */
export function redactFields(
  message: FieldSpans,
  redaction: CompiledRedaction,
  placeholder: Placeholder,
): Redacted | undefined {
  edits.reset();
  markFields(message, redaction);
  if (edits.empty) return undefined;
  const { bytes, offsets } = edits.apply(message.bytes, message.fields, placeholder);
  return { bytes, fields: offsets };
}

function markTarget(request: RequestSpans, { host, queryParameters }: CompiledRedaction): void {
  const { bytes, targetStart, targetEnd, method } = request;
  let rest = targetStart;
  if (bytes[targetStart] !== SLASH) {
    const authority = absoluteAuthority(request);
    if (host && method === 'CONNECT') {
      edits.replace(targetStart, targetEnd);
      return;
    }
    if (authority !== undefined) {
      if (host) edits.replace(authority.start, authority.end);
      else redactUserInfo(bytes, targetStart, targetEnd, edits);
      rest = authority.end;
    }
  }
  redactQuery(bytes, rest, targetEnd, queryParameters, edits);
}

function markFields({ bytes, fields }: FieldSpans, redaction: CompiledRedaction): void {
  const { headers, cookies, queryParameters } = redaction;
  for (let field = 0; field < fields.length; field += 4) {
    const name = fields[field]!;
    const nameEnd = fields[field + 1]!;
    const start = fields[field + 2]!;
    const end = fields[field + 3]!;
    if (hasName(headers, bytes, name, nameEnd)) edits.replace(start, end);
    else if (hasName(URL_FIELDS, bytes, name, nameEnd)) {
      redactUserInfo(bytes, start, end, edits);
      redactQuery(bytes, start, end, queryParameters, edits);
    } else if (is(HOST, bytes, name, nameEnd)) redactBeforeAt(bytes, start, end, edits);
    else if (cookies.size > 0) {
      if (is(COOKIE, bytes, name, nameEnd)) redactCookies(bytes, start, end, 'cookie', cookies, edits);
      else if (is(SET_COOKIE, bytes, name, nameEnd))
        redactCookies(bytes, start, end, 'set-cookie', cookies, edits);
    }
  }
}

function is(expected: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  return end - start === expected.length && readsWithoutCase(bytes, start, expected);
}
