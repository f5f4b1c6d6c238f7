import type { WholeExchange } from '../../exchange/exchange.ts';
import { headersOf } from '../../bodies/body.ts';
import { headerText, headerValue } from '../../exchange/headers.ts';
import { canBeArgument, quoteArgument } from '../shell-quote.ts';

/** What names the request's target to curl. */
export interface TargetArguments {
  readonly arguments: readonly string[];
  /** The request target; each character stands for one byte. */
  readonly bytes: string;
  readonly remarks: readonly string[];
}

/** A host that can only be one: with an @ in it curl would send a password, and somewhere else. */
const AUTHORITY = /^(?:[\w.~-]+|\[[\da-f:.]+\])(?::(\d*))?$/i;
const HIGHEST_PORT = 65_535;
/** What curl takes into a URL as it is. */
const PLAIN_TARGET = /^\/(?:[\w\-.~&=:@,+/]|%[\dA-F]{2})*(?:\?(?:[\w\-.~&=:@,+/?]|%[\dA-F]{2})+)?$/;

/** The URL to connect to and, where curl would change or refuse it, the request target beside it; undefined if it can't. */
export function targetArguments(exchange: WholeExchange): TargetArguments | undefined {
  const { scheme, host, path, tls } = exchange;
  // A target in absolute form may name any scheme; the connection had TLS only where a session is known.
  const connected = scheme === 'https' && (tls !== null || !isAbsolute(exchange)) ? 'https' : 'http';
  const origin = originOf(connected, host ?? '');
  if (origin === undefined || scheme === 'file') return undefined;
  const { bytes, certain } = sentBytes(exchange);
  if (connected === scheme && bytes === path && PLAIN_TARGET.test(bytes))
    return { arguments: [`--url ${quoteArgument(origin + bytes)}`], bytes, remarks: [] };
  if (!canBeArgument(bytes)) return undefined;
  return {
    arguments: [`--url ${quoteArgument(`${origin}/`)}`, `--request-target ${quoteArgument(bytes)}`],
    bytes,
    remarks: certain
      ? []
      : ['its URL has letters that may have been sent as UTF-8 or as latin1: they are sent as UTF-8'],
  };
}

function originOf(scheme: string, host: string): string | undefined {
  const [, port = ''] = AUTHORITY.exec(host) ?? [undefined];
  if (!AUTHORITY.test(host) || Number(port) > HIGHEST_PORT) return undefined;
  return `${scheme}://${host.replace(/:$/, '')}`;
}

/** The request target in the form that it had (RFC 9112 §3.2), each character one byte. */
function sentBytes(exchange: WholeExchange): Bytes {
  const { method, host, url, path, requestTarget } = exchange;
  if (requestTarget != null) return { bytes: requestTarget, certain: true };
  if (method === 'CONNECT') return bytesOf(host ?? '');
  return bytesOf(isAbsolute(exchange) ? (url ?? '') : path || '*');
}

/**
 * Whether the target named scheme and host. Where it was not told apart when it was captured, what is known of both
 * otherwise tells: `http` and the field Host.
 */
function isAbsolute(exchange: WholeExchange): boolean {
  const { method, scheme, host, path, tls, requestTarget } = exchange;
  if (requestTarget != null) return !requestTarget.startsWith('/');
  if (method === 'CONNECT' || path === '*') return false;
  if (path?.startsWith('/') !== true) return method !== 'OPTIONS' || path !== '';
  if (tls === null && scheme !== null && scheme !== 'http') return true;
  const field = headerValue(headersOf(exchange, 'request'), 'host') ?? '';
  return field !== '' && headerText(field) !== host;
}

/** Each character one byte, and whether no others read the same. */
interface Bytes {
  readonly bytes: string;
  readonly certain: boolean;
}

/** The bytes that a text of a URL stands for: it was read as UTF-8 where that is possible, else as latin1. */
function bytesOf(text: string): Bytes {
  const bytes = Buffer.from(text, 'utf8').toString('latin1');
  const couldBeLatin1 =
    /[\u0080-\u00ff]/.test(text) && /^[\0-\u00ff]*$/.test(text) && headerText(text) === text;
  return { bytes, certain: !couldBeLatin1 };
}
