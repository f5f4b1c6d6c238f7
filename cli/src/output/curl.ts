import { bodyOf, headersOf } from '../bodies/body.ts';
import type { WholeExchange } from '../exchange/exchange.ts';
import type { Header } from '../exchange/headers.ts';
import { canBeArgument, quoteArgument } from './shell-quote.ts';

/** A command, and what about it differs from the request. */
export interface CurlCommand {
  /** Undefined when the request can't be repeated. */
  readonly command: string | undefined;
  readonly remarks: readonly string[];
}

/** Larger ones might not fit into one argument: Linux allows 128 KiB. */
const LONGEST_ARGUMENT = 64 * 1024;
/** What a header field's name may consist of (RFC 9110 §5.6.2); another one might mean something to curl, as @file does. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
/** Header fields that curl adds unless told not to. */
const ADDED_BY_CURL = ['Host', 'User-Agent', 'Accept'];
/** A scheme, and a host that can only be one: with an @ in it curl would send a password, and somewhere else. */
const ORIGIN = /^https?:\/\/(?:[\w.~-]+|\[[\da-f:.]+\])(?::\d+)?$/i;
/** What the sidecar writes in the place of a secret: the end of a digest stands behind it. */
const REDACTED = /redacted:[\da-f]{16}/;
/** What curl takes into a URL as it is. */
const PLAIN_TARGET = /^\/(?:[\w\-.~&=:@,+/?]|%[\dA-F]{2})*$/;

/** A curl command for sh, bash and zsh that sends the same request again. */
export function curlCommand(exchange: WholeExchange): CurlCommand {
  const { method, url } = exchange;
  if (method === null || url === null || !TOKEN.test(method))
    return { command: undefined, remarks: ['its request line is not known'] };
  const target = targetOf(exchange);
  if (target === undefined)
    return { command: undefined, remarks: [`curl can not be told to ask for ${url}`] };
  const remarks: string[] = [];
  const headers = headersOf(exchange, 'request');
  if (headers === undefined) remarks.push('its headers were not captured');
  const body = bodyArguments(exchange, headers ?? [], remarks);
  const lines = [
    `curl --globoff --path-as-is ${exchange.httpVersion === '1.0' ? '--http1.0' : '--http1.1'}`,
    // Told to send HEAD as if it were any method, curl waits for a body that doesn't come.
    method === 'HEAD' ? '--head' : `--request ${quoteArgument(method)}`,
    ...target,
    ...headerArguments(headers ?? [], body.arguments.length > 0, remarks),
    ...body.arguments,
  ];
  const command = body.prefix + lines.join(' \\\n  ');
  if (REDACTED.test(command))
    remarks.push('secrets were redacted when it was captured: put them in yourself');
  return { command, remarks };
}

/** The URL to connect to and, where curl would change or refuse it, the request target beside it. */
function targetOf({ scheme, host, path }: WholeExchange): readonly string[] | undefined {
  const origin = `${scheme ?? 'http'}://${host ?? ''}`;
  const target = path ?? '/';
  if (!ORIGIN.test(origin)) return undefined;
  if (target === '' || PLAIN_TARGET.test(target)) return [`--url ${quoteArgument(origin + target)}`];
  const bytes = Buffer.from(target, 'utf8').toString('latin1');
  if (!canBeArgument(bytes)) return undefined;
  return [`--url ${quoteArgument(`${origin}/`)}`, `--request-target ${quoteArgument(bytes)}`];
}

function headerArguments(
  headers: readonly Header[],
  withBody: boolean,
  remarks: string[],
): readonly string[] {
  const shown: string[] = [];
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  for (const [name, value] of headers) {
    if (name.toLowerCase() === 'content-length') continue; // curl counts itself
    if (!TOKEN.test(name) || !canBeArgument(value) || /[\r\n]/.test(value)) {
      remarks.push(`the header ${JSON.stringify(name)} is left out: curl could not send it as it was`);
      continue;
    }
    shown.push(value === '' ? `${name};` : `${name}: ${value}`);
  }
  const added = withBody ? [...ADDED_BY_CURL, 'Content-Type', 'Expect'] : ADDED_BY_CURL;
  const removed = added.filter((name) => !names.has(name.toLowerCase())).map((name) => `${name}:`);
  return [...shown, ...removed].map((line) => `--header ${quoteArgument(line)}`);
}

function bodyArguments(
  exchange: WholeExchange,
  headers: readonly Header[],
  remarks: string[],
): { readonly prefix: string; readonly arguments: readonly string[] } {
  const { raw, state, size } = bodyOf(exchange, 'request');
  const announced = headers.some(([name]) => /^(content-length|transfer-encoding)$/i.test(name));
  const note = STATE_NOTES[state];
  if (note !== undefined && (state !== 'NOT_CAPTURED' || (size ?? 0) > 0)) remarks.push(note);
  if (raw === undefined || raw.length === 0)
    return { prefix: '', arguments: announced && exchange.method !== 'HEAD' ? ["--data-raw ''"] : [] };
  if (exchange.method === 'HEAD') {
    remarks.push('its body is left out: curl sends none with HEAD');
    return { prefix: '', arguments: [] };
  }
  const bytes = raw.toString('latin1');
  if (raw.length <= LONGEST_ARGUMENT && isShownAsText(bytes))
    return { prefix: '', arguments: [`--data-raw ${quoteArgument(bytes)}`] };
  return {
    prefix: `printf %s ${raw.toString('base64')} | base64 -d | `,
    arguments: ['--data-binary @-'],
  };
}

/** Bodies that a shell can quote as they are read best so; the rest is base64. */
function isShownAsText(bytes: string): boolean {
  return canBeArgument(bytes) && !quoteArgument(bytes).startsWith('"');
}

const STATE_NOTES: Readonly<Record<string, string>> = {
  NOT_CAPTURED: 'its body was not captured',
  PENDING: 'its body has not arrived as a whole yet',
  TRUNCATED: 'its body was cut when it was captured: what was kept is sent',
  INCOMPLETE: 'parts of its body are missing: what is there is sent',
  WITHHELD: 'its body was withheld',
};
