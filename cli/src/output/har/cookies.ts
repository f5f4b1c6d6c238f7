import type { Header } from '../../exchange/headers.ts';

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

/** The cookies that a request brings. */
export function requestCookies(headers: readonly Header[]): HarCookie[] {
  return valuesOf(headers, 'cookie')
    .flatMap((value) => value.split(';'))
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '')
    .map(nameAndValue);
}

/** The cookies that a response sets (RFC 6265 §5.2). */
export function responseCookies(headers: readonly Header[]): HarCookie[] {
  return valuesOf(headers, 'set-cookie').map((value) => {
    const [pair = '', ...attributes] = value.split(';').map((part) => part.trim());
    return Object.assign(nameAndValue(pair), ...attributes.map(attribute)) as HarCookie;
  });
}

function attribute(text: string): Partial<HarCookie> {
  const { name, value } = nameAndValue(text);
  switch (name.toLowerCase()) {
    case 'path':
      return { path: value };
    case 'domain':
      return { domain: value };
    case 'httponly':
      return { httpOnly: true };
    case 'secure':
      return { secure: true };
    case 'expires': {
      const at = Date.parse(value);
      return Number.isNaN(at) ? {} : { expires: new Date(at).toISOString() };
    }
    default:
      return {};
  }
}

function nameAndValue(pair: string): HarCookie {
  const equals = pair.indexOf('=');
  return equals < 0
    ? { name: pair, value: '' }
    : { name: pair.slice(0, equals).trim(), value: pair.slice(equals + 1).trim() };
}

function valuesOf(headers: readonly Header[], name: string): string[] {
  return headers.filter(([field]) => field.toLowerCase() === name).map(([, value]) => value);
}
