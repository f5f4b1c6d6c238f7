import { client, conversation, ends, exchange, GET, head, resets, server } from './builders.ts';

const EVENTS = 'Content-Type: text/event-stream';
const CHUNKED = 'Transfer-Encoding: chunked';

/** Exchanges that stay open while their bodies come. */
export const streaming = [
  conversation(
    'server-sent events in chunks, still open',
    [
      client(GET),
      server(head('HTTP/1.1 200 OK', EVENTS, CHUNKED)),
      server('a\r\ndata: one\n\r\n'),
      server('1\r\n\n\r\n', '8\r\n: alive\n\r\n'),
    ],
    [exchange({ response: { headers: [EVENTS, CHUNKED], body: 'data: one\n\n: alive\n' }, outcome: 'OPEN' })],
  ),
  conversation(
    'server-sent events without framing, ended by the server',
    [
      client(GET),
      server(head('HTTP/1.1 200 OK', EVENTS, 'Connection: close')),
      server('id: 1\ndata: one\n\n'),
      server('id: 2\ndata: two\n\n'),
      ends('server'),
      ends('client'),
    ],
    [
      exchange({
        response: {
          headers: [EVENTS, 'Connection: close'],
          body: 'id: 1\ndata: one\n\nid: 2\ndata: two\n\n',
        },
      }),
    ],
  ),
  conversation(
    'server-sent events that the client leaves',
    [client(GET), server(head('HTTP/1.1 200 OK', EVENTS)), server('data: one\n\n'), resets('client')],
    [exchange({ response: { headers: [EVENTS], body: 'data: one\n\n' }, outcome: 'CLIENT_ABORTED' })],
  ),
  conversation(
    'a request that waits for its answer',
    [client(GET)],
    [exchange({ response: null, outcome: 'OPEN' })],
  ),
  conversation(
    'an upload that goes on, its answer begun',
    [
      client(head('POST / HTTP/1.1', 'Host: example.test', CHUNKED), '3\r\none\r\n'),
      server(head('HTTP/1.1 200 OK', CHUNKED), '3\r\nONE\r\n'),
      client('3\r\ntwo\r\n'),
      server('3\r\nTWO\r\n'),
    ],
    [
      exchange({
        method: 'POST',
        request: { headers: ['Host: example.test', CHUNKED], body: 'onetwo' },
        response: { headers: [CHUNKED], body: 'ONETWO' },
        outcome: 'OPEN',
      }),
    ],
  ),
];
