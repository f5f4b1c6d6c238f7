import { headerText, type Header } from '../../exchange/headers.ts';
import { parseCookieDate } from './cookie-date.ts';

/** A cookie as HAR 1.2 writes it. */
export interface HarCookie {
  readonly name: string;
  readonly value: string;
  readonly path?: string;
  readonly domain?: string;
  readonly expires?: string;
  readonly httpOnly?: boolean;
  readonly secure?: boolean;
}

/** The last moment whose year has four digits, as dates of JSON want it (RFC 3339). */
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
/** What RFC 6265 takes away around names and values. */
const BLANKS = /^[ \t]+|[ \t]+$/g;

/** The cookies that a request brings. What has no equals sign is a value without a name, as browsers send it. */
export function requestCookies(headers: readonly Header[]): HarCookie[] {
  return valuesOf(headers, 'cookie')
    .flatMap((value) => value.split(';'))
    .filter((pair) => trimmed(pair) !== '')
    .map((pair) => nameAndValue(pair) ?? { name: '', value: trimmed(pair) });
}

/**
 * The cookies that a response sets (RFC 6265 §5.2). What user agents ignore is not one.
 *
 * @param at when the response came: Unix time in milliseconds
 */
export function responseCookies(headers: readonly Header[], at: number): HarCookie[] {
  return valuesOf(headers, 'set-cookie').flatMap((value) => {
    const [pair = '', ...attributes] = value.split(';');
    const cookie = nameAndValue(pair);
    if (cookie === undefined || cookie.name === '') return [];
    const given = attributes.map((text) => nameAndValue(text) ?? { name: trimmed(text), value: '' });
    const expires = expiryOf(given, at);
    return [
      {
        ...cookie,
        ...Object.assign({}, ...given.map(attribute)),
        ...(expires !== undefined && { expires: new Date(expires).toISOString() }),
      } as HarCookie,
    ];
  });
}

/** One that user agents do not know or can not use is nothing. */
function attribute({ name, value }: HarCookie): {
  readonly [Key in keyof HarCookie]?: HarCookie[Key] | undefined;
} {
  switch (name.toLowerCase()) {
    case 'path':
      // Another one stands for the folder of the URL, whatever came before.
      return { path: value.startsWith('/') ? value : undefined };
    case 'domain':
      return /^\.?$/.test(value) ? {} : { domain: value.replace(/^\./, '').toLowerCase() };
    case 'httponly':
      return { httpOnly: true };
    case 'secure':
      return { secure: true };
    default:
      return {};
  }
}

/** When a cookie ends: by the last Max-Age, else by the last Expires that is one (§5.3 step 3); undefined for neither. */
function expiryOf(attributes: readonly HarCookie[], at: number): number | undefined {
  const last = (name: string, read: (value: string) => number | undefined): number | undefined =>
    attributes
      .filter((one) => one.name.toLowerCase() === name)
      .map(({ value }) => read(value))
      .findLast((value) => value !== undefined);
  const age = last('max-age', (value) => (/^(?:-\d+|\d+)$/.test(value) ? Number(value) : undefined));
  const expiry = age === undefined ? last('expires', parseCookieDate) : age <= 0 ? 0 : at + age * 1_000;
  return expiry === undefined ? undefined : Math.min(expiry, LAST);
}

function nameAndValue(pair: string): HarCookie | undefined {
  const equals = pair.indexOf('=');
  return equals < 0
    ? undefined
    : { name: trimmed(pair.slice(0, equals)), value: trimmed(pair.slice(equals + 1)) };
}

function trimmed(text: string): string {
  return text.replace(BLANKS, '');
}

/** As text, read in the same way as the fields themselves. */
function valuesOf(headers: readonly Header[], name: string): string[] {
  return headers.filter(([field]) => field.toLowerCase() === name).map(([, value]) => headerText(value));
}
