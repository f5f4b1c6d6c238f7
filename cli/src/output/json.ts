import { bodyOf, headersOf, trailersOf } from '../bodies/body.ts';
import type { WholeExchange } from '../exchange/exchange.ts';
import { escapeJson } from '../terminal/escape.ts';

/** A value as one line of JSON (http://ndjson.org) without any character that a terminal could obey. */
export function jsonLine(value: unknown): string {
  return `${escapeJson(JSON.stringify(value))}\n`;
}

/** An exchange with headers and trailers as pairs, and with the texts that its bodies spell beside their bytes in base64. */
export function wholeJson(exchange: WholeExchange): Readonly<Record<string, unknown>> {
  return {
    ...exchange,
    requestHeaders: headersOf(exchange, 'request') ?? null,
    responseHeaders: headersOf(exchange, 'response') ?? null,
    requestTrailers: trailersOf(exchange, 'request') ?? null,
    responseTrailers: trailersOf(exchange, 'response') ?? null,
    requestBodyText: bodyOf(exchange, 'request').text ?? null,
    responseBodyText: bodyOf(exchange, 'response').text ?? null,
  };
}
