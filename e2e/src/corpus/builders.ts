import type {
  Conversation,
  ExpectedExchange,
  ExpectedMessage,
  ExpectedResponse,
  Field,
  Side,
  Step,
} from './conversation.ts';

/** Text with a character for each byte, or bytes. */
export type Content = string | Buffer;

/** `Name: value`, split at the first colon; the value is trimmed as a parser does. */
export type FieldText = string;

interface MessageInput {
  readonly version?: '1.0' | '1.1';
  readonly headers?: readonly FieldText[];
  readonly body?: Content;
  readonly trailers?: readonly FieldText[];
}

interface ExchangeInput {
  readonly method?: string;
  readonly url?: string;
  readonly request?: MessageInput;
  readonly interim?: readonly number[];
  readonly response?: (MessageInput & { readonly status?: number; readonly reason?: string }) | null;
  readonly outcome?: ExpectedExchange['outcome'];
  readonly ends?: ExpectedExchange['ends'];
}

/** Lines joined by CRLF and ended by an empty one: a message head. */
export function head(...lines: readonly string[]): string {
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** A plain request; expected as `exchange()` without changes. */
export const GET = head('GET / HTTP/1.1', 'Host: example.test');

/** A plain response with the body `ok`; expected as {@link OK_RESPONSE}. */
export const OK = `${head('HTTP/1.1 200 OK', 'Content-Length: 2')}ok`;

/** What {@link OK} is recorded as. */
export const OK_RESPONSE = { headers: ['Content-Length: 2'], body: 'ok' };

/** The client sends these bytes. */
export function client(...contents: readonly Content[]): Step {
  return { from: 'client', bytes: bytesOf(...contents) };
}

/** The server sends these bytes. */
export function server(...contents: readonly Content[]): Step {
  return { from: 'server', bytes: bytesOf(...contents) };
}

/** The side sends nothing more. */
export function ends(from: Side): Step {
  return { from, end: true };
}

/** The side breaks off. */
export function resets(from: Side): Step {
  return { from, reset: true };
}

/** A conversation that stays readable, or turns opaque for a reason. */
export function conversation(
  name: string,
  steps: readonly Step[],
  exchanges: readonly ExpectedExchange[],
  opaque?: string,
): Conversation {
  return { name, steps, exchanges, opaque };
}

/**
 * An expected exchange: where nothing else is said, {@link GET} answered by `200 OK` with no headers, complete.
 *
 * @param input `response: null` when none came
 */
export function exchange(input: ExchangeInput = {}): ExpectedExchange {
  return {
    method: input.method ?? 'GET',
    url: input.url ?? 'http://example.test/',
    request: message({ headers: ['Host: example.test'], ...input.request }),
    interim: input.interim ?? [],
    response: input.response === null ? undefined : response(input.response ?? {}),
    outcome: input.outcome ?? 'COMPLETE',
    ends: input.ends ?? USUAL_ENDS[input.outcome ?? 'COMPLETE'],
  };
}

/** Most of what goes wrong does so after the request. */
const USUAL_ENDS = {
  OPEN: ['open', 'open'],
  COMPLETE: ['whole', 'whole'],
  UPGRADED: ['whole', 'whole'],
  CLIENT_ABORTED: ['whole', 'cut'],
  UPSTREAM_ABORTED: ['whole', 'cut'],
  UNPARSABLE: ['whole', 'unread'],
} as const satisfies Readonly<Record<ExpectedExchange['outcome'], ExpectedExchange['ends']>>;

/** Bytes of text and of bytes, one behind the other. */
export function bytesOf(...contents: readonly Content[]): Buffer {
  return Buffer.concat(
    contents.map((content) => (typeof content === 'string' ? Buffer.from(content, 'latin1') : content)),
  );
}

function response(input: NonNullable<ExchangeInput['response']>): ExpectedResponse {
  return { ...message(input), status: input.status ?? 200, reason: input.reason ?? 'OK' };
}

function message(input: MessageInput): ExpectedMessage {
  return {
    version: input.version ?? '1.1',
    headers: (input.headers ?? []).map(field),
    body: bytesOf(input.body ?? ''),
    trailers: (input.trailers ?? []).map(field),
  };
}

function field(text: FieldText): Field {
  const colon = text.indexOf(':');
  return [text.slice(0, colon), text.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')];
}
