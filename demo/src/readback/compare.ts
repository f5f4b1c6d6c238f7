import type { Sent } from '../traffic/sent.ts';
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
  expect('method', sent.method, exchange.method);
  expect('status', sent.status, exchange.status);
  expect('state', sent.state, exchange.state);
  // The target * stands for the server as a whole: its URL has neither path nor query (RFC 9110, section 7.1).
  const url = exchange.url ?? '';
  if (sent.target === '*' ? !/^http:\/\/[^/]+$/.test(url) : !url.endsWith(sent.target))
    expect('URL', sent.target, exchange.url);
  const bodies = [
    ['request', sent.requestBody, exchange.requestBodyBytes, details?.requestBody],
    ['response', sent.responseBody, exchange.responseBodyBytes, details?.responseBody],
  ] as const;
  for (const [side, wanted, bytes, base64] of bodies) {
    if (wanted === undefined) continue;
    expect(`${side} body bytes`, wanted.length, Number(bytes));
    if (base64 == null) problems.push(`${what} has no ${side} body`);
    else if (!Buffer.from(base64, 'base64').equals(wanted))
      problems.push(`${what} has another ${side} body than was sent`);
  }
  return problems;
}
