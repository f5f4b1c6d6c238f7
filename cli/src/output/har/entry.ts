import { bodyOf, headersOf, type Body } from '../../bodies/body.ts';
import { startOf, type WholeExchange } from '../../exchange/exchange.ts';
import { headerText, headerValue, type Header } from '../../exchange/headers.ts';
import { validUri } from './uri.ts';
import { requestCookies, responseCookies, type HarCookie } from './cookies.ts';

/** What HAR says where a number isn't known. */
const UNKNOWN = -1;

interface NameAndValue {
  readonly name: string;
  readonly value: string;
}

/** An exchange as an entry of a HAR 1.2 log (http://www.softwareishard.com/blog/har-12-spec/). */
export interface HarEntry {
  readonly startedDateTime: string;
  readonly time: number;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly httpVersion: string;
    readonly cookies: readonly HarCookie[];
    readonly headers: readonly NameAndValue[];
    readonly queryString: readonly NameAndValue[];
    /** Names that begin with an underscore are ours: HAR 1.2 has no coding for what is sent. */
    readonly postData?: { readonly mimeType: string; readonly text: string; readonly _encoding?: 'base64' };
    readonly headersSize: number;
    readonly bodySize: number;
  };
  readonly response: {
    readonly status: number;
    readonly statusText: string;
    readonly httpVersion: string;
    readonly cookies: readonly HarCookie[];
    readonly headers: readonly NameAndValue[];
    readonly content: {
      readonly size: number;
      readonly compression?: number;
      readonly mimeType: string;
      readonly text?: string;
      readonly encoding?: 'base64';
      readonly comment?: string;
    };
    readonly redirectURL: string;
    readonly headersSize: number;
    readonly bodySize: number;
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

/** Makes an entry of an exchange. */
export function harEntry(exchange: WholeExchange): HarEntry {
  const timings = timingsOf(exchange);
  return {
    startedDateTime: new Date(startOf(exchange)).toISOString(),
    time: timings.send + timings.wait + timings.receive,
    request: requestOf(exchange),
    response: responseOf(exchange),
    cache: {},
    timings,
    comment: `${exchange.requestId}, ${exchange.state.toLowerCase().replaceAll('_', ' ')}`,
  };
}

function requestOf(exchange: WholeExchange): HarEntry['request'] {
  const headers = headersOf(exchange, 'request') ?? [];
  const body = bodyOf(exchange, 'request');
  const url = exchange.url ?? '';
  return {
    method: exchange.method ?? '',
    url: validUri(exchange.url),
    httpVersion: versionOf(exchange),
    cookies: requestCookies(headers),
    headers: fieldsOf(headers),
    queryString: queryOf(url),
    ...(body.bytes !== undefined &&
      body.bytes.length > 0 && {
        postData: {
          mimeType: body.mediaType ?? '',
          ...(body.text === undefined
            ? { text: body.bytes.toString('base64'), _encoding: 'base64' as const }
            : { text: body.text }),
        },
      }),
    headersSize: UNKNOWN,
    bodySize: body.size ?? UNKNOWN,
  };
}

function responseOf(exchange: WholeExchange): HarEntry['response'] {
  const headers = headersOf(exchange, 'response') ?? [];
  const body = bodyOf(exchange, 'response');
  return {
    // As browsers write it where no answer came.
    status: exchange.status ?? 0,
    statusText: '',
    httpVersion: versionOf(exchange),
    cookies: responseCookies(headers),
    headers: fieldsOf(headers),
    content: contentOf(body),
    redirectURL: headerValue(headers, 'location') ?? '',
    headersSize: UNKNOWN,
    bodySize: body.size ?? UNKNOWN,
  };
}

function contentOf(body: Body): HarEntry['response']['content'] {
  const { bytes, text, size = 0, state } = body;
  const comment = [
    state === 'COMPLETE' ? '' : `body: ${state.toLowerCase().replaceAll('_', ' ')}`,
    body.damage ?? '',
    body.undecodable === undefined ? '' : `not decoded (${body.undecodable})`,
  ].filter((part) => part !== '');
  return {
    size: bytes?.length ?? size,
    ...(bytes !== undefined &&
      body.codings.length > 0 &&
      body.damage === undefined &&
      state === 'COMPLETE' && { compression: bytes.length - size }),
    mimeType: body.mediaType ?? '',
    ...(bytes !== undefined &&
      (text === undefined ? { text: bytes.toString('base64'), encoding: 'base64' as const } : { text })),
    ...(comment.length > 0 && { comment: comment.join(', ') }),
  };
}

function timingsOf({ durationMs, firstByteMs }: WholeExchange): HarEntry['timings'] {
  // Sending is part of waiting: when the request's last byte passed isn't known.
  const wait = Math.max(0, firstByteMs ?? durationMs ?? 0);
  const receive = Math.max(0, (durationMs ?? wait) - wait);
  return { blocked: UNKNOWN, dns: UNKNOWN, connect: UNKNOWN, ssl: UNKNOWN, send: 0, wait, receive };
}

function queryOf(url: string): NameAndValue[] {
  const start = url.indexOf('?');
  if (start < 0) return [];
  const [query = ''] = url.slice(start + 1).split('#');
  return [...new URLSearchParams(query)].map(([name, value]) => ({ name, value }));
}

function fieldsOf(headers: readonly Header[]): NameAndValue[] {
  return headers.map(([name, value]) => ({ name: headerText(name), value: headerText(value) }));
}

function versionOf({ httpVersion }: WholeExchange): string {
  return httpVersion === null ? '' : `HTTP/${httpVersion}`;
}
