import { parseHeaders, type Details, type Exchange } from '../readback/exchange.ts';
import type { Style } from './style.ts';
import { formatTable } from './table.ts';

const LONGEST_URL = 48;
const LONGEST_BODY = 300;

/** Exchanges as a table, in the order given. */
export function formatExchanges(exchanges: readonly Exchange[], style: Style): string {
  const left = (heading: string) => ({ heading, align: 'left' }) as const;
  const right = (heading: string) => ({ heading, align: 'right' }) as const;
  const columns = [
    left('TIME'),
    left('METHOD'),
    right('STATUS'),
    left('HOST AND PATH'),
    right('DURATION'),
    right('SENT'),
    right('RECEIVED'),
    left('STATE'),
  ];
  const rows = exchanges.map((exchange) => [
    exchange.timestamp?.slice(11, 23) ?? '',
    exchange.method ?? '',
    String(exchange.status ?? ''),
    shorten((exchange.url ?? '').replace(/^https?:\/\//, ''), LONGEST_URL),
    exchange.durationMs === null ? '' : `${exchange.durationMs.toFixed(1)} ms`,
    String(exchange.requestBodyBytes ?? ''),
    String(exchange.responseBodyBytes ?? ''),
    exchange.state,
  ]);
  const [heading = '', ...lines] = formatTable(columns, rows);
  const coloured = lines.map((line, index) => colourByStatus(exchanges[index]?.status ?? 0, style)(line));
  return [style.bold(heading), ...coloured].map((line) => `  ${line}`).join('\n');
}

/** One exchange as it went over the wire: headers, bodies and trailers. */
export function formatExchange(exchange: Exchange, details: Details, style: Style): string {
  const lines = [
    style.bold(`${exchange.method ?? '?'} ${exchange.url ?? '?'}`),
    ...formatHeaders(exchange.requestHeaders),
    '',
    ...formatBody(details.requestBody),
    ...formatHeaders(details.requestTrailers),
    '',
    style.bold(`${formatStatusLine(exchange)} after ${exchange.durationMs?.toFixed(3) ?? '?'} ms`),
    ...formatHeaders(details.responseHeaders),
    '',
    ...formatBody(details.responseBody),
    ...formatHeaders(details.responseTrailers),
  ];
  return lines.map((line) => (line === '' ? '' : `  ${line}`)).join('\n');
}

function formatStatusLine({ responseHttpVersion, status, reasonPhrase }: Exchange): string {
  return `HTTP/${responseHttpVersion ?? '?'} ${status ?? '?'} ${reasonPhrase ?? ''}`.trimEnd();
}

function formatHeaders(json: string | null): string[] {
  return parseHeaders(json).map(([name, value]) => `${name}: ${value}`);
}

function formatBody(base64: string | null): string[] {
  if (base64 === null) return ['(not captured)'];
  const text = Buffer.from(base64, 'base64').toString('utf8').trimEnd();
  return text === '' ? ['(empty)'] : shorten(text, LONGEST_BODY).split('\n');
}

function shorten(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

function colourByStatus(status: number, style: Style): (text: string) => string {
  if (status >= 500) return style.bad;
  return status >= 400 ? style.warn : (text) => text;
}
