import type { Field, SentAnswer, SentMessage } from './sent.ts';

/** A request head as text, one character a byte. */
export function requestHead(
  method: string,
  target: string,
  { version, headers }: Pick<SentMessage, 'version' | 'headers'>,
): string {
  const lines = [
    `${method} ${target} HTTP/${version}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/**
 * Takes the first answer out of what was received, one character a byte.
 *
 * @param isTunnel whether what follows the head is no body
 * @returns the answer, and what stands behind it
 */
export function readAnswer(text: string, isTunnel = false): { answer: SentAnswer; rest: string } {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) throw new Error(`this is no answer: ${JSON.stringify(text.slice(0, 200))}`);
  const [line = '', ...lines] = text.slice(0, end).split('\r\n');
  const [, version = '', status = '', reason = ''] = /^HTTP\/(\d\.\d) (\d{3}) ?(.*)$/s.exec(line) ?? [];
  const headers = lines.map(readField);
  const { rest, ...body } = isTunnel ? NO_BODY : readBody(headers, text.slice(end + 4));
  return { answer: { version, status: Number(status), reason, headers, ...body }, rest };
}

type Body = Pick<SentMessage, 'body' | 'trailers' | 'end'> & { readonly rest: string };

const NO_BODY: Body = { body: Buffer.alloc(0), trailers: null, end: 'whole', rest: '' };

function readBody(headers: readonly Field[], text: string): Body {
  const value = (wanted: string): string | undefined =>
    headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
  if (value('transfer-encoding') === 'chunked') return readChunks(text);
  const length = Number(value('content-length') ?? text.length);
  return {
    body: Buffer.from(text.slice(0, length), 'latin1'),
    trailers: null,
    end: text.length < length ? 'cut' : 'whole',
    rest: text.slice(length),
  };
}

function readChunks(text: string): Body {
  const chunks: string[] = [];
  let rest = text;
  const body = (): Buffer => Buffer.from(chunks.join(''), 'latin1');
  for (;;) {
    const [, size = ''] = /^([0-9a-f]+)\r\n/i.exec(rest) ?? [];
    if (size === '') return { body: body(), trailers: null, end: 'cut', rest: '' };
    const length = Number.parseInt(size, 16);
    if (length === 0) break;
    const start = size.length + 2;
    chunks.push(rest.slice(start, start + length));
    rest = rest.slice(start + length + 2);
  }
  const end = rest.indexOf('\r\n\r\n');
  const [, ...lines] = rest.slice(0, end).split('\r\n');
  const trailers = lines.length === 0 ? null : lines.map(readField);
  return { body: body(), trailers, end: end < 0 ? 'cut' : 'whole', rest: rest.slice(end + 4) };
}

function readField(line: string): Field {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}
