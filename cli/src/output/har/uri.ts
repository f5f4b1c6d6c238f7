/** Everything else must be written with percent signs (RFC 3986 §2). */
const NOT_IN_URI = /%(?![\da-f]{2})|[^\w\-.~:/?#@!$&'()*+,;=%]/giu;

/**
 * A URL as it was captured, which may hold anything, as HAR wants it: a valid URI.
 *
 * @returns `about:blank` where it isn't known
 */
export function validUri(url: string | null): string {
  if (url === null) return 'about:blank';
  const [, origin = '', rest = ''] = /^(https?:\/\/(?:\[[\da-f:.]+\](?::\d+)?)?)(.*)$/is.exec(url) ?? [];
  if (origin === '') return 'about:blank';
  const [before = '', ...fragments] = rest.split('#');
  const parts = fragments.length === 0 ? [before] : [before, fragments.join('%23')];
  return origin + parts.map((part) => part.replace(NOT_IN_URI, percentEncoded)).join('#');
}

function percentEncoded(character: string): string {
  return [...Buffer.from(character, 'utf8')]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
}
