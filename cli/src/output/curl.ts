import { headersOf, trailersOf } from '../bodies/body.ts';
import type { WholeExchange } from '../exchange/exchange.ts';
import type { Header } from '../exchange/headers.ts';
import { bodyArguments } from './curl/body.ts';
import { headerArguments } from './curl/headers.ts';
import { targetArguments } from './curl/target.ts';
import { quoteArgument } from './shell-quote.ts';

/** A command, and what about it differs from the request. */
export interface CurlCommand {
  /** Undefined when the request can't be repeated. */
  readonly command: string | undefined;
  readonly remarks: readonly string[];
}

/** What a method may consist of (RFC 9110 §9.1). */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
/** What the sidecar writes in the place of a secret: the end of a digest stands behind it. */
const REDACTED = /redacted:[\da-f]{16}/;

/** A curl command for sh, bash and zsh that sends the same request again. */
export function curlCommand(exchange: WholeExchange): CurlCommand {
  const { method, url, httpVersion } = exchange;
  if (method === null || url === null || !TOKEN.test(method))
    return { command: undefined, remarks: ['its request line is not known'] };
  const target = targetArguments(exchange);
  if (target === undefined)
    return { command: undefined, remarks: [`curl can not be told to ask for ${url}`] };
  const captured = headersOf(exchange, 'request');
  const fields = captured ?? [];
  const body = bodyArguments(exchange, fields);
  const headers = headerArguments(fields, body.bytes, httpVersion);
  const lines = [
    `curl --globoff --path-as-is ${httpVersion === '1.0' ? '--http1.0' : '--http1.1'}`,
    // Told to send HEAD as if it were any method, curl waits for a body that doesn't come.
    method === 'HEAD' ? '--head' : `--request ${quoteArgument(method)}`,
    ...target.arguments,
    ...headers.arguments,
    ...body.arguments,
  ];
  const sent = [target.bytes, ...fields.map(([, value]) => value), body.bytes ?? ''];
  return {
    command: body.prefix + lines.join(' \\\n  '),
    remarks: [
      ...(captured === undefined ? ['its headers were not captured'] : []),
      ...(isWithheld(exchange, fields)
        ? ['its path and headers were withheld: they could not be redacted']
        : []),
      ...target.remarks,
      ...body.remarks,
      ...headers.remarks,
      ...(trailersOf(exchange, 'request')?.length ? ['its trailers are left out: curl sends none'] : []),
      ...(exchange.state === 'UPGRADED' ? ['what followed on the connection is not repeated'] : []),
      ...(sent.some((text) => REDACTED.test(text))
        ? ['secrets were redacted when it was captured: put them in yourself']
        : []),
    ],
  };
}

/** Sidecars write this in the place of a head whose secrets they could not find. */
function isWithheld({ path }: WholeExchange, fields: readonly Header[]): boolean {
  return path === '/redacted' && fields.length === 0;
}
