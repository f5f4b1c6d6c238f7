import type { Sent, SentMessage } from '../traffic/sent.ts';
import type { Details, Exchange } from './exchange.ts';

/**
 * Compares what was sent with what was read back.
 *
 * @param found every exchange that carries the request's id; there should be one
 * @param details the heavy fields of the first of them
 * @returns a sentence for each difference
 */
export function compare(sent: Sent, found: readonly Exchange[], details: Details | null): string[] {
  const what = `${sent.method} ${sent.target} (${sent.id})`;
  const [exchange] = found;
  if (exchange === undefined) return [`${what} is missing`];
  const problems: string[] = [];
  if (found.length > 1) problems.push(`${what} is there ${found.length} times`);
  const expect = (field: string, wanted: unknown, got: unknown): void => {
    if (wanted !== got) problems.push(`${what} has ${field} ${String(got)}, not ${String(wanted)}`);
  };
  const { request, response } = sent;
  expect('method', sent.method, exchange.method);
  expect('HTTP version', request.version, exchange.httpVersion);
  expect('status', response?.status ?? null, exchange.status);
  expect('reason phrase', response?.reason ?? null, exchange.reasonPhrase);
  expect('HTTP version of the response', response?.version ?? null, exchange.responseHttpVersion);
  expect('state', sent.state, exchange.state);
  // The target * stands for the server as a whole: its URL has neither path nor query (RFC 9110, section 7.1).
  const url = exchange.url ?? '';
  if (sent.target === '*' ? !/^http:\/\/[^/]+$/.test(url) : !url.endsWith(sent.target))
    expect('URL', sent.target, exchange.url);
  expect('request headers', fieldsOf(request.headers), exchange.requestHeaders);
  expect('response headers', fieldsOf(response?.headers), details?.responseHeaders ?? null);
  expect('request trailers', fieldsOf(request.trailers), details?.requestTrailers ?? null);
  expect('response trailers', fieldsOf(response?.trailers), details?.responseTrailers ?? null);
  for (const side of ['request', 'response'] as const) {
    const message = sent[side];
    const body = details?.[`${side}Body`] ?? null;
    expect(`${side} body state`, stateOf(message), exchange[`${side}BodyState`]);
    if (message?.end !== 'left')
      expect(`${side} body bytes`, message?.body.length ?? null, numberOf(exchange[`${side}BodyBytes`]));
    problems.push(...compareBody(`${what} has`, side, message, body));
  }
  return problems;
}

function compareBody(
  has: string,
  side: string,
  message: SentMessage | undefined,
  base64: string | null,
): string[] {
  // Nothing of a body is an empty one only where its message is whole.
  const isThere = message !== undefined && (message.end === 'whole' || message.body.length > 0);
  if (!isThere) return base64 === null ? [] : [`${has} a ${side} body, and none was sent`];
  if (base64 === null) return [`${has} no ${side} body`];
  const got = Buffer.from(base64, 'base64');
  const compared = message.end === 'left' ? got.subarray(0, message.body.length) : got;
  return compared.equals(message.body) ? [] : [`${has} another ${side} body than was sent`];
}

function stateOf(message: SentMessage | undefined): string {
  return message?.end === 'whole' ? 'COMPLETE' : 'CUT_OFF';
}

function fieldsOf(fields: SentMessage['headers'] | null | undefined): string | null {
  return fields == null ? null : JSON.stringify(fields);
}

/** Counts beyond what JSON holds come as text. */
function numberOf(count: string | number | null): number | null {
  return count === null ? null : Number(count);
}
