import { bodyOf, headersOf, trailersOf, type Body, type Side } from '../bodies/body.ts';
import { startOf, type WholeExchange } from '../exchange/exchange.ts';
import { headerText, type Header } from '../exchange/headers.ts';
import { escapeLine, escapeText } from '../terminal/escape.ts';
import type { Style } from '../terminal/style.ts';
import { showDuration } from '../values/duration.ts';
import { showNumber } from '../values/size.ts';
import { showInstant } from '../values/time.ts';
import { statusPaint, statusText } from './exchange-table.ts';

const INDENT = '  ';

/**
 * Everything about an exchange, for people.
 *
 * @param longest characters of a body that are shown at most
 */
export function formatDetails(exchange: WholeExchange, style: Style, longest: number): string {
  const paint = statusPaint(exchange, style) ?? style.dim;
  const title = `${escapeLine(exchange.method ?? '?')} ${escapeLine(exchange.url ?? '?')}`;
  return [
    `${style.bold(title)}  ${paint(statusText(exchange) || 'no answer')}`,
    '',
    ...facts(exchange).map(([name, value]) => `${INDENT}${style.dim(name.padEnd(9))} ${escapeLine(value)}`),
    ...message(exchange, 'request', style, longest),
    ...message(exchange, 'response', style, longest),
    '',
  ].join('\n');
}

/** The status line (RFC 9112 §4): its version need not be that of the request. */
function statusLine({ status, responseHttpVersion, reasonPhrase }: WholeExchange): string {
  if (status === null || responseHttpVersion == null) return '';
  return `HTTP/${responseHttpVersion} ${status} ${headerText(reasonPhrase ?? '')}`.trimEnd();
}

function facts(exchange: WholeExchange): readonly (readonly [name: string, value: string])[] {
  const { durationMs, firstByteMs, tls } = exchange;
  const took =
    durationMs === null
      ? ''
      : showDuration(durationMs) +
        (firstByteMs === null ? '' : `, the first byte of the answer after ${showDuration(firstByteMs)}`);
  const place = [
    named('cluster', exchange.cluster),
    named('namespace', exchange.namespace),
    exchange.workload ?? '',
    named('pod', exchange.pod),
    named('node', exchange.node),
  ];
  const session =
    tls === null
      ? []
      : [tls.version, tls.cipherSuite, named('server name', tls.serverName), named('ALPN', tls.alpn)];
  const all: readonly (readonly [string, string])[] = [
    ['id', exchange.requestId],
    ['began', showInstant(startOf(exchange))],
    ['state', exchange.state.toLowerCase().replaceAll('_', ' ')],
    ['took', took],
    ['at', list(place)],
    ['from', list([exchange.peerAddress, named('to port', exchange.capturedPort)])],
    ['protocol', exchange.httpVersion === null ? '' : `HTTP/${exchange.httpVersion}`],
    ['answer', statusLine(exchange)],
    ['TLS', list(session)],
    ['trace', exchange.traceId ?? ''],
    ['agent', exchange.agentId ?? ''],
  ];
  return all.filter(([, value]) => value !== '');
}

function message(exchange: WholeExchange, side: Side, style: Style, longest: number): readonly string[] {
  const name = side === 'request' ? 'Request' : 'Response';
  const headers = headersOf(exchange, side);
  const body = bodyOf(exchange, side);
  return [
    '',
    style.bold(`${name} headers`),
    ...fieldLines(headers, style),
    '',
    `${style.bold(`${name} body`)} ${style.dim(`(${describeBody(body)})`)}`,
    ...bodyLines(body, side, longest, style),
    ...trailerLines(trailersOf(exchange, side), name, style),
  ];
}

function fieldLines(fields: readonly Header[] | undefined, style: Style): readonly string[] {
  if (fields === undefined || fields.length === 0)
    return [`${INDENT}${style.dim(fields === undefined ? 'not captured' : 'none')}`];
  return fields.map(
    ([field, value]) =>
      `${INDENT}${style.notable(escapeLine(headerText(field)))}: ${escapeLine(headerText(value))}`,
  );
}

/** Few messages have any. */
function trailerLines(fields: readonly Header[] | undefined, name: string, style: Style): readonly string[] {
  return fields === undefined || fields.length === 0
    ? []
    : ['', style.bold(`${name} trailers`), ...fieldLines(fields, style)];
}

/** What is to be known of a body besides its text. */
function describeBody(body: Body): string {
  const { size, bytes, raw } = body;
  const parts = [size === undefined ? '' : bytesOf(size)];
  if (body.mediaType !== undefined) parts.push(escapeLine(body.mediaType));
  if (body.codings.length > 0 && bytes !== undefined)
    parts.push(escapeLine(`${body.codings.join(', ')}, decoded to ${bytesOf(bytes.length)}`));
  if (body.damage !== undefined) parts.push(escapeLine(body.damage));
  if (body.undecodable !== undefined) parts.push(escapeLine(`can not be decoded: ${body.undecodable}`));
  parts.push(stateNote(body.state, raw?.length ?? 0));
  return list(parts) || 'empty';
}

function stateNote(state: string, kept: number): string {
  if (state === 'COMPLETE') return '';
  return STATE_NOTES[state]?.(kept) ?? state.toLowerCase().replaceAll('_', ' ');
}

const STATE_NOTES: Readonly<Record<string, (kept: number) => string>> = {
  NOT_CAPTURED: () => 'not captured',
  PENDING: (kept) => `still arriving, ${bytesOf(kept)} so far`,
  TRUNCATED: (kept) => `cut: the first ${bytesOf(kept)} were kept`,
  CUT_OFF: (kept) => (kept === 0 ? 'it never came' : `it broke off: all ${bytesOf(kept)} that came are here`),
  INCOMPLETE: (kept) => `a part of it is missing: ${bytesOf(kept)} are there`,
  WITHHELD: () => 'withheld: it could not be redacted',
};

function bodyLines(body: Body, side: Side, longest: number, style: Style): readonly string[] {
  const { bytes, text } = body;
  if (bytes === undefined || bytes.length === 0) return [];
  if (text === undefined)
    return [
      `${INDENT}${style.dim(`binary, begins with ${bytes.subarray(0, 16).toString('hex')}; --body ${side} writes all of it`)}`,
    ];
  const shown = text.length > longest ? text.slice(0, longest) : text;
  const lines = escapeText(shown)
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => INDENT + line);
  if (shown.length < text.length)
    lines.push(
      `${INDENT}${style.dim(`… ${showNumber(text.length - shown.length)} more characters; --body ${side} writes all of it`)}`,
    );
  return lines;
}

function bytesOf(count: number): string {
  return count === 1 ? '1 byte' : `${showNumber(count)} bytes`;
}

/** Agents outside a cluster announce empty texts. */
function named(name: string, value: string | number | null): string {
  return value === null || value === '' ? '' : `${name} ${value}`;
}

function list(parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null && part !== '').join(', ');
}
