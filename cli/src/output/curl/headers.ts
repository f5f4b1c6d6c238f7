import type { Header } from '../../exchange/headers.ts';
import { canBeArgument, quoteArgument } from '../shell-quote.ts';

/** What makes curl send header fields, and no others. */
export interface HeaderArguments {
  readonly arguments: readonly string[];
  readonly remarks: readonly string[];
}

/** What a header field's name may consist of (RFC 9110 §5.6.2); another one might mean something to curl, as @file does. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
/** A value that curl takes for an empty one, and then leaves the field out. */
const BLANK = /^[\t\v\f ]+$/;
/** Header fields that curl adds unless told not to. */
const ADDED = ['Host', 'User-Agent', 'Accept'];
const ADDED_WITH_BODY = ['Content-Type', 'Expect'];

/**
 * The arguments for header fields, in their order and as they are spelled.
 *
 * @param body what curl sends; undefined for none
 */
export function headerArguments(
  headers: readonly Header[],
  body: string | undefined,
  httpVersion: string | null,
): HeaderArguments {
  const remarks: string[] = [];
  const lines: string[] = [];
  for (const [name, value] of headers) {
    if (isLeftToCurl(name, value, body)) continue;
    if (isRefusedByCurl(name, value, body, httpVersion)) {
      remarks.push(`the header ${JSON.stringify(name)} is left out: curl could not send it as it was`);
      continue;
    }
    lines.push(value === '' ? `${name};` : `${name}: ${value}`);
  }
  if (
    headers.some(([name]) => name.toLowerCase() === 'transfer-encoding') &&
    body !== undefined &&
    body !== ''
  )
    remarks.push('its body came in chunks, whose sizes are not kept: curl makes its own');
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  const added = body === undefined ? ADDED : [...ADDED, ...ADDED_WITH_BODY];
  const removed = added.filter((name) => !names.has(name.toLowerCase())).map((name) => `${name}:`);
  return {
    arguments: [...hostInItsPlace(lines), ...removed].map((line) => `--header ${quoteArgument(line)}`),
    remarks,
  };
}

/** curl writes Host itself, first and so spelled; once it was told to write none, it takes one like any other field. */
function hostInItsPlace(lines: readonly string[]): readonly string[] {
  const index = lines.findIndex((line) => /^host[:;]/i.test(line));
  return index < 0 || (index === 0 && lines[0]?.startsWith('Host') === true) ? lines : ['Host:', ...lines];
}

/** A length that isn't that of what is sent: curl counts. */
function isLeftToCurl(name: string, value: string, body: string | undefined): boolean {
  if (name.toLowerCase() !== 'content-length') return false;
  return !value.split(',').every((length) => Number(length) === (body?.length ?? 0));
}

function isRefusedByCurl(
  name: string,
  value: string,
  body: string | undefined,
  httpVersion: string | null,
): boolean {
  if (!TOKEN.test(name) || !canBeArgument(value) || /[\r\n]/.test(value) || BLANK.test(value)) return true;
  // Without a body nothing would end it, and HTTP/1.0 has no chunks.
  return name.toLowerCase() === 'transfer-encoding' && (body === undefined || httpVersion === '1.0');
}
