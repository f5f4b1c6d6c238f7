import { client, conversation, ends, exchange, head, server } from './builders.ts';

const HOST = 'Host: example.test';
const CHUNKED = 'Transfer-Encoding: chunked';
const REFUSAL = head('HTTP/1.1 400 Bad Request', 'Connection: close', 'Content-Length: 0');
const REFUSED = {
  status: 400,
  reason: 'Bad Request',
  headers: ['Connection: close', 'Content-Length: 0'],
};

/** A head whose framing is refused: no exchange is recorded. */
function framed(name: string, reason: string, ...fields: readonly string[]) {
  const steps = [
    client(head('POST / HTTP/1.1', HOST, ...fields), '0\r\n\r\n'),
    server(REFUSAL),
    ends('server'),
    ends('client'),
  ];
  return conversation(name, steps, [], reason);
}

/** Chunks that are refused behind a head that is not: the exchange is recorded as far as it was understood. */
function broken(name: string, reason: string, chunks: string, body = '') {
  return conversation(
    name,
    [client(head('POST / HTTP/1.1', HOST, CHUNKED), chunks), server(REFUSAL), ends('server'), ends('client')],
    [
      exchange({
        method: 'POST',
        request: { headers: [HOST, CHUNKED], body },
        response: REFUSED,
        outcome: 'UNPARSABLE',
        ends: ['unread', 'whole'],
      }),
    ],
    reason,
  );
}

/** Requests whose end servers may see in different places. */
export const refusedFraming = [
  framed('a length together with chunked', 'ambiguous_framing', 'Content-Length: 5', CHUNKED),
  framed('chunked together with a length', 'ambiguous_framing', CHUNKED, 'content-length: 5'),
  framed('two lengths', 'ambiguous_framing', 'Content-Length: 5', 'Content-Length: 6'),
  framed('a list of lengths', 'ambiguous_framing', 'Content-Length: 5, 5'),
  framed('codings that do not end in chunked', 'ambiguous_framing', 'Transfer-Encoding: chunked, gzip'),
  framed('a coding that is not chunked', 'ambiguous_framing', 'Transfer-Encoding: xchunked'),
  framed('chunked with a parameter', 'ambiguous_framing', 'Transfer-Encoding: chunked;q=1'),
  framed('chunked with a parameter behind blanks', 'ambiguous_framing', 'Transfer-Encoding: chunked ; q=1'),
  framed('a list of lengths with blanks', 'ambiguous_framing', 'Content-Length: 5 , 5'),
  framed(
    'chunked twice',
    'ambiguous_framing',
    'Transfer-Encoding: chunked',
    'Transfer-Encoding: gzip, chunked',
  ),
  framed('an empty Transfer-Encoding', 'ambiguous_framing', 'Transfer-Encoding:'),
  framed('a negative length', 'malformed_request', 'Content-Length: -1'),
  framed('a length with a sign', 'malformed_request', 'Content-Length: +5'),
  framed('a length in hexadecimal', 'malformed_request', 'Content-Length: 0x5'),
  framed('a length with a space', 'malformed_request', 'Content-Length: 5 5'),
  framed('an empty length', 'malformed_request', 'Content-Length:'),
  framed('a length beyond all measure', 'malformed_request', 'Content-Length: 9007199254740993'),
  conversation(
    'Transfer-Encoding on HTTP/1.0',
    [client(head('POST / HTTP/1.0', CHUNKED), '0\r\n\r\n'), server(REFUSAL), ends('server'), ends('client')],
    [],
    'ambiguous_framing',
  ),
  conversation(
    'CONNECT with a body',
    [
      client(head('CONNECT a.test:1 HTTP/1.1', 'Host: a.test:1', 'Content-Length: 5'), 'hello'),
      server(REFUSAL),
    ],
    [],
    'ambiguous_framing',
  ),
  broken('a chunk size that is missing', 'malformed_request', '3\r\nabc\r\n\r\n', 'abc'),
  broken('a chunk size that is no number', 'malformed_request', 'xyz\r\nabc\r\n0\r\n\r\n'),
  broken('a chunk size with a sign', 'malformed_request', '-3\r\nabc\r\n0\r\n\r\n'),
  broken('a chunk size with a prefix', 'malformed_request', '0x3\r\nabc\r\n0\r\n\r\n'),
  broken('a chunk size that overflows', 'malformed_request', '10000000000000003\r\nabc\r\n0\r\n\r\n'),
  broken('a chunk size with a space behind it', 'malformed_request', '3 \r\nabc\r\n0\r\n\r\n'),
  broken('a chunk size with a space behind it, and nothing more', 'malformed_request', '0 \r\n\r\n'),
  broken('a chunk size with a space before it', 'malformed_request', ' 3\r\nabc\r\n0\r\n\r\n'),
  broken('a chunk size with a space in it', 'malformed_request', '1 0\r\nabc\r\n0\r\n\r\n'),
  broken('a chunk extension without its semicolon', 'malformed_request', '3 a=b\r\nabc\r\n0\r\n\r\n'),
  broken('bare LF behind a padded chunk size', 'malformed_request', '3 \nabc\r\n0\r\n\r\n'),
  broken('bare LF behind a chunk size', 'malformed_request', '3\nabc\r\n0\r\n\r\n'),
  broken('bare LF in a chunk extension', 'malformed_request', '3;a\nb\r\nabc\r\n0\r\n\r\n'),
  broken('a chunk that is longer than its size', 'malformed_request', '3\r\nabcd\r\n0\r\n\r\n', 'abc'),
  broken('bare LF behind a chunk', 'malformed_request', '3\r\nabc\n0\r\n\r\n', 'abc'),
  broken('a folded trailer', 'malformed_request', '3\r\nabc\r\n0\r\nX: a\r\n b\r\n\r\n', 'abc'),
  broken('bare LF as the end of the trailers', 'malformed_request', '3\r\nabc\r\n0\r\n\n', 'abc'),
];
