import { client, conversation, ends, exchange, GET, head, OK, OK_RESPONSE, server } from './builders.ts';

const HEAD_LIMIT = 64 * 1024;
const HOST = 'Host: example.test';

/** Bytes of all values whose place can be told from them. */
function pattern(length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, index) => (index ^ (index >> 8) ^ 0x5a) & 0xff));
}

/** A head filled up to an exact length. */
function filledHead(
  length: number,
  firstLine: string,
  ...lines: readonly string[]
): { text: string; filler: string } {
  const empty = head(firstLine, ...lines, 'X-Filler: ');
  const filler = `X-Filler: ${'f'.repeat(length - empty.length)}`;
  return { text: head(firstLine, ...lines, filler), filler };
}

const upload = pattern(100_000);
const download = pattern(70_001);
const manyFields = Array.from({ length: 1000 }, (_, index) => `X-${index}: ${index * 7}`);
const largest = filledHead(HEAD_LIMIT, 'GET / HTTP/1.1', HOST);
const tooLarge = filledHead(HEAD_LIMIT + 1, 'GET / HTTP/1.1', HOST);
const tooLargeResponse = filledHead(HEAD_LIMIT + 1, 'HTTP/1.1 200 OK');
const longPath = `/${'p'.repeat(60_000)}`;

/** Messages of many chunks, and heads about as large as they may be. */
export const large = [
  conversation(
    'large bodies of all byte values',
    [
      client(head('PUT /blob HTTP/1.1', HOST, `Content-Length: ${upload.length}`), upload),
      server(head('HTTP/1.1 200 OK', `Content-Length: ${download.length}`), download),
      client(GET),
      server(OK),
    ],
    [
      exchange({
        method: 'PUT',
        url: 'http://example.test/blob',
        request: { headers: [HOST, `Content-Length: ${upload.length}`], body: upload },
        response: { headers: [`Content-Length: ${download.length}`], body: download },
      }),
      exchange({ response: OK_RESPONSE }),
    ],
  ),
  conversation(
    'a large chunked response of uneven chunks',
    [
      client(GET),
      server(head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked'), ...chunksOf(download), '0\r\n\r\n'),
    ],
    [exchange({ response: { headers: ['Transfer-Encoding: chunked'], body: download } })],
  ),
  conversation(
    'a thousand fields',
    [
      client(head('GET / HTTP/1.1', HOST, ...manyFields)),
      server(head('HTTP/1.1 200 OK', ...manyFields, 'Content-Length: 0')),
    ],
    [
      exchange({
        request: { headers: [HOST, ...manyFields] },
        response: { headers: [...manyFields, 'Content-Length: 0'] },
      }),
    ],
  ),
  conversation(
    'a long path',
    [client(head(`GET ${longPath} HTTP/1.1`, HOST)), server(OK)],
    [exchange({ url: `http://example.test${longPath}`, response: OK_RESPONSE })],
  ),
  conversation(
    'a head as large as it may be',
    [client(largest.text), server(OK), client(GET), server(OK)],
    [
      exchange({ request: { headers: [HOST, largest.filler] }, response: OK_RESPONSE }),
      exchange({ response: OK_RESPONSE }),
    ],
  ),
  conversation(
    'a head that is one byte too large',
    [client(tooLarge.text), server(OK), ends('server'), ends('client')],
    [],
    'head_too_large',
  ),
  conversation(
    'a response head that is one byte too large',
    [client(GET), server(tooLargeResponse.text), ends('server'), ends('client')],
    [exchange({ response: null, outcome: 'UNPARSABLE' })],
    'head_too_large',
  ),
];

function chunksOf(bytes: Buffer): (string | Buffer)[] {
  const parts: (string | Buffer)[] = [];
  for (let from = 0, size = 1; from < bytes.length; from += size, size = (size * 3) % 9973) {
    const chunk = bytes.subarray(from, from + size);
    parts.push(`${chunk.length.toString(16)}\r\n`, chunk, '\r\n');
  }
  return parts;
}
