import type { Columns } from './columns.ts';
import { SLOT } from './exchange-columns.ts';
import { latin1Bytes } from './text.ts';
import type { WireReader } from './wire.ts';

const COLON = 0x3a;
const SLASH = 0x2f;
const QUESTION_MARK = 0x3f;
const NUMBER_SIGN = 0x23;
const LONGEST_SCHEME = 32;

/**
 * Reads an absolute URL and splits it where RFC 3986 §3 does: scheme, authority, and path with query, which is empty
 * for `OPTIONS *` and `CONNECT`. A text without `scheme://` in front is all path.
 */
export function readUrl(reader: WireReader, into: Columns): void {
  const at = reader.position;
  into.setText(SLOT.url, reader);
  const url = into.source(SLOT.url) as Buffer;
  const start = into.start(SLOT.url);
  const end = into.end(SLOT.url);
  const colon = schemeEnd(url, start, end);
  let path = start;
  if (colon !== undefined) {
    path = colon + 3;
    while (path < end && !endsAuthority(url[path] as number)) path++;
    into.setSpan(SLOT.scheme, url, start, colon);
    into.setSpan(SLOT.host, url, colon + 3, path);
  }
  into.setSpan(SLOT.path, url, path, end);
  // As text it may have been other bytes: those are kept too.
  if (url === reader.bytes || path === end) return;
  reader.position = at;
  into.setBytes(SLOT.request_target, latin1Bytes(pathOf(reader.view())));
}

/** What follows scheme and authority. */
function pathOf(url: Buffer): Buffer {
  const colon = schemeEnd(url, 0, url.length);
  let path = colon === undefined ? 0 : colon + 3;
  if (colon !== undefined) while (path < url.length && !endsAuthority(url[path] as number)) path++;
  return url.subarray(path);
}

/** Where the colon of `scheme://` stands. */
function schemeEnd(url: Buffer, start: number, end: number): number | undefined {
  const last = Math.min(end - 2, start + LONGEST_SCHEME);
  for (let i = start + 1; i < last; i++) {
    if (url[i] === COLON) return url[i + 1] === SLASH && url[i + 2] === SLASH ? i : undefined;
  }
  return undefined;
}

function endsAuthority(byte: number): boolean {
  return byte === SLASH || byte === QUESTION_MARK || byte === NUMBER_SIGN;
}
