import { client, conversation, ends, exchange, GET, head, OK, OK_RESPONSE, server } from './builders.ts';

const CHUNKED = 'Transfer-Encoding: chunked';

/** A response without a usable head. */
function refused(name: string, reason: string, text: string) {
  return conversation(
    name,
    [client(GET), server(text), ends('server'), ends('client')],
    [exchange({ response: null, outcome: 'UNPARSABLE' })],
    reason,
  );
}

function framed(name: string, reason: string, ...fields: readonly string[]) {
  return refused(name, reason, `${head('HTTP/1.1 200 OK', ...fields)}0\r\n\r\n`);
}

/** Responses that are not interpreted. */
export const refusedResponses = [
  refused('a response that is none', 'malformed_response', 'hello there'),
  refused('a response that begins like one', 'malformed_response', 'HTTPS/1.1 200 OK\r\n\r\n'),
  refused('a response of HTTP/2.0', 'malformed_response', 'HTTP/2.0 200 OK\r\n\r\n'),
  refused('a response of HTTP/1.2', 'malformed_response', 'HTTP/1.2 200 OK\r\n\r\n'),
  refused('an ICY response', 'malformed_response', 'ICY 200 OK\r\n\r\n'),
  refused('a response of two status digits', 'malformed_response', 'HTTP/1.1 20 OK\r\n\r\n'),
  refused('a response of four status digits', 'malformed_response', 'HTTP/1.1 2000 OK\r\n\r\n'),
  refused('a status below 100', 'malformed_response', 'HTTP/1.1 099 Hm\r\n\r\n'),
  refused('NUL in a reason', 'malformed_response', 'HTTP/1.1 200 O\0K\r\n\r\n'),
  refused('bare LF behind the status line', 'malformed_response', 'HTTP/1.1 200 OK\nA: b\n\n'),
  refused('an empty line before the response', 'malformed_response', '\r\nHTTP/1.1 200 OK\r\n\r\n'),
  framed('a response with a space before the colon', 'malformed_response', 'A : b'),
  framed('a folded field of a response', 'malformed_response', 'A: b', '\tc'),
  framed('a response of two lengths', 'ambiguous_framing', 'Content-Length: 5', 'Content-Length: 4'),
  framed('a response with a length and chunked', 'ambiguous_framing', 'Content-Length: 5', CHUNKED),
  framed('a response whose chunked has a parameter', 'ambiguous_framing', `${CHUNKED} ; q=1`),
  framed('a response of a list of lengths', 'ambiguous_framing', 'Content-Length: 5, 5'),
  framed('a response whose length is no number', 'malformed_response', 'Content-Length: five'),
  refused(
    'Transfer-Encoding in a response of HTTP/1.0',
    'ambiguous_framing',
    head('HTTP/1.0 200 OK', CHUNKED),
  ),
  ...['nope\r\n', '1 0\r\n', ' 2\r\n', '2 x\r\n', '2 \n', '2 \r\r\n'].map((size) =>
    conversation(
      `a bad chunk size in a response: ${JSON.stringify(size)}`,
      [
        client(GET),
        server(head('HTTP/1.1 200 OK', CHUNKED), `2\r\nok\r\n${size}`),
        ends('server'),
        ends('client'),
      ],
      [exchange({ response: { headers: [CHUNKED], body: 'ok' }, outcome: 'UNPARSABLE' })],
      'malformed_response',
    ),
  ),
  conversation(
    'a second response to one request',
    [client(GET), server(OK, OK)],
    [exchange({ response: OK_RESPONSE })],
    'unexpected_response',
  ),
  conversation(
    'a body behind a response that has none',
    [
      client(head('HEAD / HTTP/1.1', 'Host: example.test')),
      server(head('HTTP/1.1 200 OK', 'Content-Length: 2'), 'ok'),
    ],
    [exchange({ method: 'HEAD', response: { headers: ['Content-Length: 2'] } })],
    'unexpected_response',
  ),
];
