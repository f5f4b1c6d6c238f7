import { indexOfByte, type FieldSpans, type RequestSpans } from '../spans.ts';
import { absoluteAuthority } from '../target.ts';
import type { CompiledRedaction } from './compile.ts';
import { redactCookies } from './cookies.ts';
import type { FieldKind } from './field-kinds.ts';
import { Edits, type Placeholder } from './edits.ts';
import { redactPathParameters } from './path-parameters.ts';
import { redactQuery } from './query.ts';
import { redactBeforeAt, redactNestedUserInfos, redactUserInfo, redactUserInfos } from './user-info.ts';

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
const QUESTION = 0x3f;
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

function markTarget(
  request: RequestSpans,
  { host, queryParameters, pathParameters }: CompiledRedaction,
): void {
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
  // Two slashes in a path separate nothing, those in a query may belong to a URL.
  redactNestedUserInfos(bytes, indexOfByte(bytes, rest, targetEnd, QUESTION), targetEnd, edits);
  redactQuery(bytes, rest, targetEnd, queryParameters, edits);
  redactPathParameters(bytes, rest, targetEnd, pathParameters, edits);
}

function markFields({ bytes, fields }: FieldSpans, redaction: CompiledRedaction): void {
  const kinds = redaction.fields;
  for (let field = 0; field < fields.length; field += 4) {
    const kind = kinds.of(bytes, fields[field]!, fields[field + 1]!);
    if (kind !== null) markValue(kind, bytes, fields[field + 2]!, fields[field + 3]!, redaction);
  }
}

function markValue(
  kind: FieldKind,
  bytes: Uint8Array,
  start: number,
  end: number,
  { cookies, queryParameters, pathParameters }: CompiledRedaction,
): void {
  switch (kind) {
    case 'whole':
      edits.replace(start, end);
      break;
    case 'url':
      redactUserInfos(bytes, start, end, edits);
      redactQuery(bytes, start, end, queryParameters, edits);
      redactPathParameters(bytes, start, end, pathParameters, edits);
      break;
    case 'authority':
      redactBeforeAt(bytes, start, end, edits);
      break;
    case 'cookie':
    case 'set-cookie':
      redactCookies(bytes, start, end, kind, cookies, edits);
  }
}
