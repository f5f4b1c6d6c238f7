import type { WholeExchange } from '../exchange/exchange.ts';
import { headerList, headerText, headerValue, readHeaders, type Header } from '../exchange/headers.ts';
import { decodeBody } from './decode.ts';
import { textOf } from './text.ts';

/** One message of an exchange. */
export type Side = 'request' | 'response';

/** A body as far as it was captured. */
export interface Body {
  /** COMPLETE, TRUNCATED and so on, as GraphQL says. */
  readonly state: string;
  /** On the wire, framing left out; undefined when not known. */
  readonly size: number | undefined;
  readonly mediaType: string | undefined;
  /** As they came, still encoded; undefined when none are there. */
  readonly raw: Buffer | undefined;
  /** Without content codings; the same as `raw` where those can't be undone. */
  readonly bytes: Buffer | undefined;
  /** The codings that were undone. */
  readonly codings: readonly string[];
  /** Why its codings could not be undone. */
  readonly undecodable: string | undefined;
  /** What is wrong with it although it was decoded, such as a stream that ends early. */
  readonly damage: string | undefined;
  /** What `bytes` spell, when they are text. */
  readonly text: string | undefined;
}

/** The header fields of one message; undefined when not captured. */
export function headersOf(exchange: WholeExchange, side: Side): readonly Header[] | undefined {
  return readHeaders(side === 'request' ? exchange.requestHeaders : exchange.responseHeaders);
}

/** The fields behind a chunked body; undefined when there were none, or they were not captured. */
export function trailersOf(exchange: WholeExchange, side: Side): readonly Header[] | undefined {
  return readHeaders(side === 'request' ? exchange.requestTrailers : exchange.responseTrailers);
}

/** The body of one message, decoded. */
export function bodyOf(exchange: WholeExchange, side: Side): Body {
  const [state, size, base64] =
    side === 'request'
      ? [exchange.requestBodyState, exchange.requestBodyBytes, exchange.requestBody]
      : [exchange.responseBodyState, exchange.responseBodyBytes, exchange.responseBody];
  const headers = headersOf(exchange, side);
  const type = headerValue(headers, 'content-type');
  const mediaType = type === undefined ? undefined : headerText(type);
  const common = { state, size: size === null ? undefined : Number(size), mediaType };
  const nothing = { codings: [], undecodable: undefined, damage: undefined, text: undefined };
  if (base64 === null) return { ...common, raw: undefined, bytes: undefined, ...nothing };
  const raw = Buffer.from(base64, 'base64');
  const cut = state !== 'COMPLETE';
  const decoded = decodeBody(raw, headerList(headers, 'content-encoding'), cut);
  if (decoded.kind === 'undecodable') {
    // Senders name codings that are none, such as UTF-8: the bytes decide.
    const undecodable = `${decoded.coding}: ${decoded.reason}`;
    return { ...common, raw, bytes: raw, ...nothing, undecodable, text: textOf(raw, mediaType, cut) };
  }
  const { bytes, codings, damage } = decoded;
  const text = textOf(bytes, mediaType, cut || damage !== undefined);
  return { ...common, raw, bytes, codings, undecodable: undefined, damage, text };
}
