import { domainToASCII } from 'node:url';
import type { WholeExchange } from '../../exchange/exchange.ts';

/** A URL as HAR wants it. */
export interface HarUri {
  readonly uri: string;
  /** Why it is not the one that was captured. */
  readonly remark?: string;
}

const ORIGIN = /^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i;
/** Everything else must be written with percent signs (RFC 3986 §2). */
const NOT_IN_URI = /%(?![\da-f]{2})|[^\w\-.~:/?#@!$&'()*+,;=%]/giu;
/** Others may make programs that open a document run something, or refuse it. */
const URL_PARTS = /^((?:https?|wss?|ftp):\/\/)((?:[^/?#]*@)?)([^/?#@]*)(.*)$/is;
const HOST = /^(?:(?:[\w-]{1,63}\.)*[\w-]{1,63}\.?|\[[\da-f:.]+\])(?::\d*)?$/i;
const LONGEST_HOST = 253;
/** A name that no host has (RFC 2606 §2). */
const NOWHERE = 'http://unknown.invalid';

/**
 * A URL as it was captured, which may hold anything, as one that every reader of HAR takes. Many refuse a whole
 * document for one URL without a host, or with a host that can be none.
 */
export function harUri(url: string | null): HarUri {
  if (url === null) return { uri: `${NOWHERE}/`, remark: 'its URL is not known' };
  const [, scheme = '', user = '', host = '', rest = ''] = URL_PARTS.exec(url) ?? [];
  const origin = `${scheme}${encoded(user).replace(/@(?!$)/g, '%40')}${asciiHost(host)}`;
  if (HOST.test(asciiHost(host)) && host.length <= LONGEST_HOST && URL.canParse(origin))
    return { uri: origin + encodedPath(rest) };
  const [, path = ''] = /^(?:[a-z][a-z\d+.-]*:\/\/)?[^/?#]*(.*)$/is.exec(url) ?? [];
  return { uri: NOWHERE + encodedPath(path), remark: `its URL can not be written as one: ${url}` };
}

/** A URL whose letters are the bytes that were sent, as escapes, where these are known; null where there is none. */
export function sentUrl({ url, requestTarget }: Pick<WholeExchange, 'url' | 'requestTarget'>): string | null {
  if (url === null || requestTarget == null) return url;
  const [origin = ''] = ORIGIN.exec(url) ?? [];
  const path = requestTarget.replace(ORIGIN, '');
  return (
    origin + path.replace(/[\u0080-\u00ff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`)
  );
}

/** Names of other letters in the form that the DNS has for them. */
function asciiHost(host: string): string {
  if (!/[^\0-\x7f]/.test(host)) return host;
  const [, name = '', port = ''] = /^(.*?)((?::\d*)?)$/s.exec(host) ?? [];
  return domainToASCII(name) + port;
}

/** With its first number sign as the beginning of a fragment, as it would be read. */
function encodedPath(path: string): string {
  const [before = '', ...fragments] = path.split('#');
  const parts = fragments.length === 0 ? [before] : [before, fragments.join('%23')];
  return parts.map(encoded).join('#');
}

function encoded(text: string): string {
  return text.replace(NOT_IN_URI, percentEncoded);
}

function percentEncoded(character: string): string {
  return [...Buffer.from(character, 'utf8')]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
}
