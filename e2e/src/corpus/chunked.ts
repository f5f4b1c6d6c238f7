import { client, conversation, ends, exchange, GET, head, OK, OK_RESPONSE, server } from './builders.ts';

const CHUNKED = 'Transfer-Encoding: chunked';
const POST = head('POST / HTTP/1.1', 'Host: example.test', CHUNKED);
const POST_HEADERS = ['Host: example.test', CHUNKED];
const RESPONSE = head('HTTP/1.1 200 OK', CHUNKED);

/** Chunked bodies that are valid. */
export const chunked = [
  conversation(
    'chunks both ways',
    [
      client(POST, '5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n'),
      server(RESPONSE, '1\r\na\r\n', '2\r\nbc\r\n', '0\r\n\r\n'),
    ],
    [
      exchange({
        method: 'POST',
        request: { headers: POST_HEADERS, body: 'hello world' },
        response: { headers: [CHUNKED], body: 'abc' },
      }),
    ],
  ),
  conversation(
    'a chunked body without payload',
    [client(POST, '0\r\n\r\n'), server(RESPONSE, '000\r\n\r\n')],
    [exchange({ method: 'POST', request: { headers: POST_HEADERS }, response: { headers: [CHUNKED] } })],
  ),
  conversation(
    'sizes in both cases and with leading zeros',
    [client(POST, '00a\r\n0123456789\r\n', '0A\r\n0123456789\r\n', '0\r\n\r\n'), server(OK)],
    [
      exchange({
        method: 'POST',
        request: { headers: POST_HEADERS, body: '01234567890123456789' },
        response: OK_RESPONSE,
      }),
    ],
  ),
  conversation(
    'chunk extensions, quoted ones and ones without value',
    [
      client(POST, '3;a=1;b="x;y";c\r\nabc\r\n', '0;last\r\n\r\n'),
      server(RESPONSE, '2;signature=\xc3\xa4\r\nok\r\n0\r\n\r\n'),
    ],
    [
      exchange({
        method: 'POST',
        request: { headers: POST_HEADERS, body: 'abc' },
        response: { headers: [CHUNKED], body: 'ok' },
      }),
    ],
  ),
  conversation(
    'blanks around chunk extensions and their values',
    [
      client(POST, '3 ;a=1\r\nabc\r\n', '3\t \t; b \t= " x ; y " ; c\r\ndef\r\n', '0 ; last \r\n\r\n'),
      server(RESPONSE, '2 ;a\r\nok\r\n', '0\t;last\r\n\r\n'),
      client(GET),
      server(OK),
    ],
    [
      exchange({
        method: 'POST',
        request: { headers: POST_HEADERS, body: 'abcdef' },
        response: { headers: [CHUNKED], body: 'ok' },
      }),
      exchange({ response: OK_RESPONSE }),
    ],
  ),
  conversation(
    'a response whose chunk sizes are padded with blanks, as old servers write them',
    [
      client(GET),
      server(RESPONSE, '2 \r\nok\r\n', 'a   \t\r\n0123456789\r\n', '0     \r\nX-Sum: 1\r\n\r\n'),
      client(GET),
      server(OK),
    ],
    [
      exchange({ response: { headers: [CHUNKED], body: 'ok0123456789', trailers: ['X-Sum: 1'] } }),
      exchange({ response: OK_RESPONSE }),
    ],
  ),
  ...['chunked , ', '\t,chunked\t', ', ,gzip\t ,\tCHUNKED, ,'].map((codings) =>
    conversation(
      `blanks and empty elements in the list of codings ${JSON.stringify(codings)}`,
      [
        client(
          head('POST / HTTP/1.1', 'Host: example.test', `Transfer-Encoding:${codings}`),
          '3\r\nabc\r\n0\r\n\r\n',
        ),
        server(OK),
      ],
      [
        exchange({
          method: 'POST',
          request: { headers: ['Host: example.test', `Transfer-Encoding:${codings}`], body: 'abc' },
          response: OK_RESPONSE,
        }),
      ],
    ),
  ),
  conversation(
    'trailers both ways, a framing field among them meaning nothing',
    [
      client(POST, '3\r\nabc\r\n0\r\nX-Checksum:  900150\t\r\nContent-Length: 7\r\n\r\n'),
      server(RESPONSE, '2\r\nok\r\n0\r\nServer-Timing: db;dur=53\r\nx-empty:\r\n\r\n'),
      client(GET),
      server(OK),
    ],
    [
      exchange({
        method: 'POST',
        request: {
          headers: POST_HEADERS,
          body: 'abc',
          trailers: ['X-Checksum: 900150', 'Content-Length: 7'],
        },
        response: { headers: [CHUNKED], body: 'ok', trailers: ['Server-Timing: db;dur=53', 'x-empty:'] },
      }),
      exchange({ response: OK_RESPONSE }),
    ],
  ),
  conversation(
    'chunks that hold CRLF and what looks like a last chunk',
    [client(POST, '7\r\n\r\n0\r\n\r\n\r\n1\r\n\n\r\n0\r\n\r\n'), server(OK)],
    [
      exchange({
        method: 'POST',
        request: { headers: POST_HEADERS, body: '\r\n0\r\n\r\n\n' },
        response: OK_RESPONSE,
      }),
    ],
  ),
  conversation(
    'several codings of which chunked is the last, on two lines',
    [
      client(
        head(
          'POST / HTTP/1.1',
          'Host: example.test',
          'transfer-encoding: gzip',
          'Transfer-Encoding: , CHUNKED ,',
        ),
        '3\r\n\x1f\x8b\x08\r\n0\r\n\r\n',
      ),
      server(OK),
    ],
    [
      exchange({
        method: 'POST',
        request: {
          headers: ['Host: example.test', 'transfer-encoding: gzip', 'Transfer-Encoding: , CHUNKED ,'],
          body: '\x1f\x8b\x08',
        },
        response: OK_RESPONSE,
      }),
    ],
  ),
  conversation(
    'a response whose last coding is not chunked ends with the connection',
    [client(GET), server(head('HTTP/1.1 200 OK', 'Transfer-Encoding: gzip'), '\x1f\x8b'), ends('server')],
    [exchange({ response: { headers: ['Transfer-Encoding: gzip'], body: '\x1f\x8b' } })],
  ),
  conversation(
    'a chunked response to HEAD has no chunks',
    [client(head('HEAD / HTTP/1.1', 'Host: example.test')), server(RESPONSE), client(GET), server(OK)],
    [exchange({ method: 'HEAD', response: { headers: [CHUNKED] } }), exchange({ response: OK_RESPONSE })],
  ),
];
