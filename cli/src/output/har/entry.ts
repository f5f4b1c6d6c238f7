import { bodyOf, headersOf, type Side, trailersOf } from '../../bodies/body.ts';
import { startOf, type WholeExchange } from '../../exchange/exchange.ts';
import { headerText, headerValue } from '../../exchange/headers.ts';
import { bodyComment, contentOf, postDataOf, type HarContent, type HarPostData } from './body.ts';
import { requestCookies, responseCookies, type HarCookie } from './cookies.ts';
import { fieldsOf, type NameAndValue } from './name-and-value.ts';
import { queryOf } from './query.ts';
import { harUri, sentUrl } from './uri.ts';

/** What HAR says where a number isn't known. */
const UNKNOWN = -1;

/** An exchange as an entry of a HAR 1.2 log (http://www.softwareishard.com/blog/har-12-spec/). */
export interface HarEntry {
  readonly startedDateTime: string;
  readonly time: number;
  readonly request: HarMessage & {
    readonly method: string;
    readonly url: string;
    readonly queryString: readonly NameAndValue[];
    readonly postData?: HarPostData;
  };
  readonly response: HarMessage & {
    readonly status: number;
    readonly statusText: string;
    readonly content: HarContent;
    readonly redirectURL: string;
  };
  readonly cache: Readonly<Record<string, never>>;
  readonly timings: {
    readonly blocked: number;
    readonly dns: number;
    readonly connect: number;
    readonly ssl: number;
    readonly send: number;
    readonly wait: number;
    readonly receive: number;
  };
  readonly comment: string;
}

/** What requests and responses have in common. */
interface HarMessage {
  readonly httpVersion: string;
  readonly cookies: readonly HarCookie[];
  readonly headers: readonly NameAndValue[];
  /** The fields behind a chunked body. A name that begins with an underscore is ours: HAR 1.2 has no place for them. */
  readonly _trailers?: readonly NameAndValue[];
  readonly headersSize: number;
  readonly bodySize: number;
  readonly comment?: string;
}

/** Makes an entry of an exchange. */
export function harEntry(exchange: WholeExchange): HarEntry {
  const timings = timingsOf(exchange);
  return {
    startedDateTime: new Date(startOf(exchange)).toISOString(),
    time: timings.send + timings.wait + timings.receive,
    request: requestOf(exchange),
    response: responseOf(exchange, timings.send + timings.wait),
    cache: {},
    timings,
    comment: `${exchange.requestId}, ${exchange.state.toLowerCase().replaceAll('_', ' ')}`,
  };
}

function requestOf(exchange: WholeExchange): HarEntry['request'] {
  const headers = headersOf(exchange, 'request') ?? [];
  const body = bodyOf(exchange, 'request');
  const postData = postDataOf(body);
  const url = sentUrl(exchange);
  const { uri, remark } = harUri(url);
  const comment = [remark, postData === undefined ? bodyComment(body) : undefined]
    .filter((part) => part !== undefined)
    .join(', ');
  return {
    method: exchange.method ?? '',
    url: uri,
    httpVersion: versionText(exchange.httpVersion),
    cookies: requestCookies(headers),
    headers: fieldsOf(headers),
    queryString: queryOf(url ?? ''),
    ...(postData !== undefined && { postData }),
    ...trailers(exchange, 'request'),
    headersSize: UNKNOWN,
    bodySize: body.size ?? UNKNOWN,
    ...(comment !== '' && { comment }),
  };
}

/** @param afterMs when it came, from the beginning of the exchange on */
function responseOf(exchange: WholeExchange, afterMs: number): HarEntry['response'] {
  const headers = headersOf(exchange, 'response') ?? [];
  const body = bodyOf(exchange, 'response');
  return {
    // As browsers write it where no answer came.
    status: exchange.status ?? 0,
    statusText: headerText(exchange.reasonPhrase ?? ''),
    httpVersion: versionText(exchange.responseHttpVersion),
    cookies: responseCookies(headers, startOf(exchange) + afterMs),
    headers: fieldsOf(headers),
    content: contentOf(body),
    redirectURL: headerText(headerValue(headers, 'location') ?? ''),
    ...trailers(exchange, 'response'),
    headersSize: UNKNOWN,
    bodySize: body.size ?? UNKNOWN,
  };
}

function trailers(exchange: WholeExchange, side: Side): Pick<HarMessage, '_trailers'> {
  const fields = trailersOf(exchange, side) ?? [];
  return fields.length === 0 ? {} : { _trailers: fieldsOf(fields) };
}

function timingsOf({ durationMs, firstByteMs }: WholeExchange): HarEntry['timings'] {
  // Sending is part of waiting: when the request's last byte passed isn't known.
  const wait = Math.max(0, firstByteMs ?? durationMs ?? 0);
  const receive = Math.max(0, (durationMs ?? wait) - wait);
  return { blocked: UNKNOWN, dns: UNKNOWN, connect: UNKNOWN, ssl: UNKNOWN, send: 0, wait, receive };
}

function versionText(version: string | null): string {
  return version == null ? '' : `HTTP/${version}`;
}
