/** The parts of an absolute URL, as views. */
export interface UrlParts {
  readonly scheme: Buffer | undefined;
  /** The authority: host, port and whatever else stood before the path. */
  readonly host: Buffer | undefined;
  /** Path and query; empty for `OPTIONS *` and `CONNECT`. */
  readonly path: Buffer;
}

const COLON = 0x3a;
const SLASH = 0x2f;
const QUESTION_MARK = 0x3f;
const NUMBER_SIGN = 0x23;
const LONGEST_SCHEME = 32;

/** Splits a URL where RFC 3986 §3 does. A text without `scheme://` in front is all path. */
export function splitUrl(url: Buffer): UrlParts {
  const colon = url.subarray(0, LONGEST_SCHEME + 1).indexOf(COLON);
  if (colon <= 0 || url[colon + 1] !== SLASH || url[colon + 2] !== SLASH) {
    return { scheme: undefined, host: undefined, path: url };
  }
  const start = colon + 3;
  let end = start;
  while (end < url.length && !endsAuthority(url[end] as number)) end++;
  return { scheme: url.subarray(0, colon), host: url.subarray(start, end), path: url.subarray(end) };
}

function endsAuthority(byte: number): boolean {
  return byte === SLASH || byte === QUESTION_MARK || byte === NUMBER_SIGN;
}
