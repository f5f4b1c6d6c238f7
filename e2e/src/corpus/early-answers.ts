import { client, conversation, ends, exchange, head, resets, server } from './builders.ts';

const EXPECTING_HEADERS = ['Host: example.test', 'Expect: 100-continue', 'Content-Length: 4'];
const EXPECTING = head('PUT / HTTP/1.1', ...EXPECTING_HEADERS);
const SENDING_HEADERS = ['Host: example.test', 'Content-Length: 10'];
const SENDING = head('POST / HTTP/1.1', ...SENDING_HEADERS);
const CHUNKED_HEADERS = ['Host: example.test', 'Transfer-Encoding: chunked'];
const CHUNKED = head('POST / HTTP/1.1', ...CHUNKED_HEADERS);
const CLOSE = ['Connection: close', 'Content-Length: 2'];
const CHALLENGE = `${head('HTTP/1.1 401 Unauthorized', ...CLOSE)}no`;
const CHALLENGED = { status: 401, reason: 'Unauthorized', headers: CLOSE, body: 'no' };
const TOO_LARGE = `${head('HTTP/1.1 413 Content Too Large', ...CLOSE)}no`;
const REFUSED = { status: 413, reason: 'Content Too Large', headers: CLOSE, body: 'no' };

/** What is recorded of a request whose body was never sent, or not to its end, and of its whole answer. */
const challenged = exchange({
  method: 'PUT',
  request: { headers: EXPECTING_HEADERS },
  response: CHALLENGED,
  ends: ['cut', 'whole'],
});
const refused = exchange({
  method: 'POST',
  request: { headers: SENDING_HEADERS, body: 'part' },
  response: REFUSED,
  ends: ['cut', 'whole'],
});

/** Final answers that come before the request has ended (RFC 9110 §10.1.1, RFC 9112 §9.3). */
export const earlyAnswers = [
  conversation(
    'a final answer in place of 100 Continue, behind which the server closes',
    [client(EXPECTING), server(CHALLENGE), ends('server'), ends('client')],
    [challenged],
  ),
  conversation(
    'a final answer in place of 100 Continue, behind which the client closes',
    [client(EXPECTING), server(CHALLENGE), ends('client'), ends('server')],
    [challenged],
  ),
  conversation(
    'a final answer in place of 100 Continue, behind which the client resets',
    [client(EXPECTING), server(CHALLENGE), resets('client')],
    [challenged],
  ),
  conversation(
    'a final answer in place of 100 Continue that ends with the connection',
    [client(EXPECTING), server(head('HTTP/1.0 403 Forbidden'), 'no'), ends('server'), ends('client')],
    [
      exchange({
        method: 'PUT',
        request: { headers: EXPECTING_HEADERS },
        response: { version: '1.0', status: 403, reason: 'Forbidden', body: 'no' },
        ends: ['cut', 'whole'],
      }),
    ],
  ),
  conversation(
    'a final answer in place of 100 Continue, behind which the connection stays',
    [client(EXPECTING), server(CHALLENGE)],
    [{ ...challenged, outcome: 'OPEN', ends: ['open', 'open'] }],
  ),
  conversation(
    'a final answer in place of 100 Continue that is cut itself',
    [
      client(EXPECTING),
      server(head('HTTP/1.1 401 Unauthorized', ...CLOSE), 'n'),
      ends('server'),
      ends('client'),
    ],
    [
      exchange({
        method: 'PUT',
        request: { headers: EXPECTING_HEADERS },
        response: { ...CHALLENGED, body: 'n' },
        outcome: 'UPSTREAM_ABORTED',
        ends: ['cut', 'cut'],
      }),
    ],
  ),
  conversation(
    'a client that closes while it waits for 100 Continue, and is answered',
    [client(EXPECTING), ends('client'), server(CHALLENGE), ends('server')],
    [
      exchange({
        method: 'PUT',
        request: { headers: EXPECTING_HEADERS },
        response: CHALLENGED,
        outcome: 'CLIENT_ABORTED',
        ends: ['cut', 'whole'],
      }),
    ],
  ),
  conversation(
    'a body that is refused while it is being sent, behind which the server closes',
    [client(SENDING, 'part'), server(TOO_LARGE), ends('server'), ends('client')],
    [refused],
  ),
  conversation(
    'a body that is refused while it is being sent, behind which the server resets',
    [client(SENDING, 'part'), server(TOO_LARGE), resets('server')],
    [refused],
  ),
  conversation(
    'a body that is refused while it is being sent, behind which the client resets',
    [client(SENDING, 'part'), server(TOO_LARGE), resets('client')],
    [refused],
  ),
  conversation(
    'a chunked body that is refused while it is being sent',
    [client(CHUNKED, '4\r\npart\r\n'), server(TOO_LARGE), client('4\r\nmo'), ends('client'), ends('server')],
    [
      exchange({
        method: 'POST',
        request: { headers: CHUNKED_HEADERS, body: 'partmo' },
        response: REFUSED,
        ends: ['cut', 'whole'],
      }),
    ],
  ),
  conversation(
    'an answer that is whole before the request, which then goes on to its end',
    [
      client(CHUNKED, '4\r\npart\r\n'),
      server(TOO_LARGE),
      client('0\r\n\r\n'),
      ends('server'),
      ends('client'),
    ],
    [
      exchange({
        method: 'POST',
        request: { headers: CHUNKED_HEADERS, body: 'part' },
        response: REFUSED,
      }),
    ],
  ),
];
