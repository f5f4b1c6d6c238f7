import {
  client,
  conversation,
  ends,
  exchange,
  GET,
  head,
  OK,
  OK_RESPONSE,
  resets,
  server,
} from './builders.ts';

const POST_HEADERS = ['Host: example.test', 'Content-Length: 10'];
const POST = head('POST / HTTP/1.1', ...POST_HEADERS);
const CHUNKED = 'Transfer-Encoding: chunked';

/** Connections that end before their exchanges do. */
export const aborts = [
  conversation(
    'a client that resets within its head',
    [client('GET / HTTP/1.1\r\nHost: exa'), resets('client')],
    [],
  ),
  conversation(
    'a client that resets within its body',
    [client(POST, 'part'), resets('client')],
    [
      exchange({
        method: 'POST',
        request: { headers: POST_HEADERS, body: 'part' },
        response: null,
        outcome: 'CLIENT_ABORTED',
        ends: ['cut', 'cut'],
      }),
    ],
  ),
  conversation(
    'a client that ends within its body',
    [client(POST, 'part'), ends('client'), ends('server')],
    [
      exchange({
        method: 'POST',
        request: { headers: POST_HEADERS, body: 'part' },
        response: null,
        outcome: 'CLIENT_ABORTED',
        ends: ['cut', 'cut'],
      }),
    ],
  ),
  conversation(
    'a client that ends within its body and is told so',
    [
      client(POST, 'part'),
      ends('client'),
      server(head('HTTP/1.1 400 Bad Request', 'Content-Length: 0')),
      ends('server'),
    ],
    [
      exchange({
        method: 'POST',
        request: { headers: POST_HEADERS, body: 'part' },
        response: { status: 400, reason: 'Bad Request', headers: ['Content-Length: 0'] },
        outcome: 'CLIENT_ABORTED',
        ends: ['cut', 'whole'],
      }),
    ],
  ),
  conversation(
    'a client that resets before the first byte of its body',
    [client(POST), resets('client')],
    [
      exchange({
        method: 'POST',
        request: { headers: POST_HEADERS },
        response: null,
        outcome: 'CLIENT_ABORTED',
        ends: ['cut', 'cut'],
      }),
    ],
  ),
  ...['4\r\npart', '4\r\npart\r\n', '4\r\npart\r\n0\r\n', '4\r\npart\r\n0\r\nX-Sum: 1\r\n'].map((chunks) =>
    conversation(
      `a client that resets within its chunks, after ${JSON.stringify(chunks)}`,
      [client(head('POST / HTTP/1.1', 'Host: example.test', CHUNKED), chunks), resets('client')],
      [
        exchange({
          method: 'POST',
          request: { headers: ['Host: example.test', CHUNKED], body: 'part' },
          response: null,
          outcome: 'CLIENT_ABORTED',
          ends: ['cut', 'cut'],
        }),
      ],
    ),
  ),
  conversation(
    'a server that closes while the request is being sent',
    [client(POST, 'part'), ends('server'), ends('client')],
    [
      exchange({
        method: 'POST',
        request: { headers: POST_HEADERS, body: 'part' },
        response: null,
        outcome: 'UPSTREAM_ABORTED',
        ends: ['cut', 'cut'],
      }),
    ],
  ),
  conversation(
    'a client that resets while it waits',
    [client(GET), resets('client')],
    [exchange({ response: null, outcome: 'CLIENT_ABORTED' })],
  ),
  conversation(
    'a client that resets within the response',
    [client(GET), server(head('HTTP/1.1 200 OK', 'Content-Length: 10'), 'part'), resets('client')],
    [exchange({ response: { headers: ['Content-Length: 10'], body: 'part' }, outcome: 'CLIENT_ABORTED' })],
  ),
  conversation(
    'a server that ends without an answer',
    [client(GET), ends('server'), ends('client')],
    [exchange({ response: null, outcome: 'UPSTREAM_ABORTED' })],
  ),
  conversation(
    'a server that resets without an answer',
    [client(GET), resets('server')],
    [exchange({ response: null, outcome: 'UPSTREAM_ABORTED' })],
  ),
  conversation(
    'a server that ends within its head',
    [client(GET), server('HTTP/1.1 200 O'), ends('server'), ends('client')],
    [exchange({ response: null, outcome: 'UPSTREAM_ABORTED' })],
  ),
  conversation(
    'a server that ends within a body of known length',
    [
      client(GET),
      server(head('HTTP/1.1 200 OK', 'Content-Length: 10'), 'part'),
      ends('server'),
      ends('client'),
    ],
    [exchange({ response: { headers: ['Content-Length: 10'], body: 'part' }, outcome: 'UPSTREAM_ABORTED' })],
  ),
  conversation(
    'a server that ends before its last chunk',
    [client(GET), server(head('HTTP/1.1 200 OK', CHUNKED), '4\r\npart\r\n'), ends('server'), ends('client')],
    [exchange({ response: { headers: [CHUNKED], body: 'part' }, outcome: 'UPSTREAM_ABORTED' })],
  ),
  conversation(
    'a server that resets within a body that ends with the connection',
    [client(GET), server(head('HTTP/1.1 200 OK'), 'part'), resets('server')],
    [exchange({ response: { body: 'part' }, outcome: 'UPSTREAM_ABORTED' })],
  ),
  conversation(
    'a server that ends after the first of two pipelined requests',
    [client(GET, GET), server(OK), ends('server'), ends('client')],
    [exchange({ response: OK_RESPONSE }), exchange({ response: null, outcome: 'UPSTREAM_ABORTED' })],
  ),
];
