import { client, conversation, ends, exchange, GET, head, OK, OK_RESPONSE, server } from './builders.ts';

const HANDSHAKE_HEADERS = [
  'Host: example.test',
  'Connection: keep-alive, Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];
const HANDSHAKE = head('GET /chat HTTP/1.1', ...HANDSHAKE_HEADERS);
const SWITCHING_HEADERS = ['Upgrade: websocket', 'Connection: Upgrade'];
const SWITCHING = head('HTTP/1.1 101 Switching Protocols', ...SWITCHING_HEADERS);
const SWITCHED = { status: 101, reason: 'Switching Protocols', headers: SWITCHING_HEADERS };
const FRAME = '\x81\x85\x01\x02\x03\x04hello';

const handshake = { url: 'http://example.test/chat', request: { headers: HANDSHAKE_HEADERS } };

const CONNECT = head('CONNECT far.test:443 HTTP/1.1', 'Host: far.test:443');
const connect = {
  method: 'CONNECT',
  url: 'http://far.test:443',
  request: { headers: ['Host: far.test:443'] },
};

const H2C_HEADERS = [
  'Host: example.test',
  'Connection: Upgrade, HTTP2-Settings',
  'Upgrade: h2c',
  'HTTP2-Settings: AAMAAABk',
];

/** Upgrade and CONNECT, agreed and declined. */
export const upgrade = [
  conversation(
    'a WebSocket handshake, frames both ways afterwards',
    [
      client(HANDSHAKE),
      server(SWITCHING),
      client(FRAME),
      server('\x81\x02hi'),
      client(GET),
      ends('client'),
      ends('server'),
    ],
    [exchange({ ...handshake, response: SWITCHED, outcome: 'UPGRADED' })],
    'upgraded',
  ),
  ...[',\tUpgrade\t,', 'keep-alive,upgrade', 'keep-alive , , UPGRADE'].map((options) => {
    const headers = ['Host: example.test', `Connection: ${options.trim()}`, 'Upgrade: websocket'];
    return conversation(
      `a handshake whose options stand in the list ${JSON.stringify(options)}`,
      [client(head('GET /chat HTTP/1.1', ...headers)), server(SWITCHING), client(FRAME)],
      [
        exchange({
          url: 'http://example.test/chat',
          request: { headers },
          response: SWITCHED,
          outcome: 'UPGRADED',
        }),
      ],
      'upgraded',
    );
  }),
  conversation(
    'frames right behind the handshake, before and after the answer',
    [client(HANDSHAKE, FRAME), server(SWITCHING, '\x81\x02hi')],
    [exchange({ ...handshake, response: SWITCHED, outcome: 'UPGRADED' })],
    'upgraded',
  ),
  conversation(
    'a handshake that is declined, then plain requests',
    [
      client(HANDSHAKE),
      server(head('HTTP/1.1 426 Upgrade Required', 'Content-Length: 2'), 'no'),
      client(GET),
      server(OK),
    ],
    [
      exchange({
        ...handshake,
        response: { ...OK_RESPONSE, body: 'no', status: 426, reason: 'Upgrade Required' },
      }),
      exchange({ response: OK_RESPONSE }),
    ],
  ),
  conversation(
    'requests pipelined behind a handshake that is declined',
    [client(HANDSHAKE, GET, GET), server(OK, OK, OK)],
    [
      exchange({ ...handshake, response: OK_RESPONSE }),
      exchange({ response: OK_RESPONSE }),
      exchange({ response: OK_RESPONSE }),
    ],
  ),
  conversation(
    'two handshakes pipelined, the second one agreed',
    [client(HANDSHAKE, HANDSHAKE, FRAME), server(OK), server(SWITCHING)],
    [
      exchange({ ...handshake, response: OK_RESPONSE }),
      exchange({ ...handshake, response: SWITCHED, outcome: 'UPGRADED' }),
    ],
    'upgraded',
  ),
  conversation(
    'a request pipelined before a handshake',
    [client(GET, HANDSHAKE), server(OK, SWITCHING, '\x00')],
    [
      exchange({ response: OK_RESPONSE }),
      exchange({ ...handshake, response: SWITCHED, outcome: 'UPGRADED' }),
    ],
    'upgraded',
  ),
  conversation(
    'an upgrade to HTTP/2 with a body',
    [
      client(head('POST / HTTP/1.1', ...H2C_HEADERS, 'Content-Length: 3'), 'abc'),
      server(head('HTTP/1.1 100 Continue'), SWITCHING, '\0\0\0\x04\0\0\0\0\0'),
      client('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    ],
    [
      exchange({
        method: 'POST',
        request: { headers: [...H2C_HEADERS, 'Content-Length: 3'], body: 'abc' },
        interim: [100],
        response: SWITCHED,
        outcome: 'UPGRADED',
      }),
    ],
    'upgraded',
  ),
  conversation(
    'an upgrade that the server ignores while the body is still coming',
    [
      client(head('POST / HTTP/1.1', ...H2C_HEADERS, 'Content-Length: 3'), 'a'),
      server(OK),
      client('bc', GET),
      server(OK),
    ],
    [
      exchange({
        method: 'POST',
        request: { headers: [...H2C_HEADERS, 'Content-Length: 3'], body: 'abc' },
        response: OK_RESPONSE,
      }),
      exchange({ response: OK_RESPONSE }),
    ],
  ),
  conversation(
    'Upgrade that Connection does not name switches nothing',
    [
      client(head('GET / HTTP/1.1', 'Host: example.test', 'Upgrade: h2c', 'Connection: upgraded'), GET),
      server(OK, OK),
    ],
    [
      exchange({
        request: { headers: ['Host: example.test', 'Upgrade: h2c', 'Connection: upgraded'] },
        response: OK_RESPONSE,
      }),
      exchange({ response: OK_RESPONSE }),
    ],
  ),
  conversation(
    'CONNECT, and the bytes of a tunnel right behind it',
    [client(CONNECT, '\x16\x03\x01'), server(head('HTTP/1.1 200 Connection established'), '\x16\x03\x03')],
    [exchange({ ...connect, response: { reason: 'Connection established' }, outcome: 'UPGRADED' })],
    'connect',
  ),
  conversation(
    'CONNECT answered by HTTP/1.0 with a length that means nothing',
    [
      client(CONNECT),
      server(head('HTTP/1.0 204 Yes', 'Content-Length: 5')),
      client('tunnel'),
      server('tunnel'),
    ],
    [
      exchange({
        ...connect,
        response: { version: '1.0', status: 204, reason: 'Yes', headers: ['Content-Length: 5'] },
        outcome: 'UPGRADED',
      }),
    ],
    'connect',
  ),
  conversation(
    'CONNECT that is refused, then a plain request',
    [
      client(CONNECT),
      server(head('HTTP/1.1 403 Forbidden', 'Content-Length: 2'), 'no'),
      client(GET),
      server(OK),
    ],
    [
      exchange({
        ...connect,
        response: { status: 403, reason: 'Forbidden', headers: ['Content-Length: 2'], body: 'no' },
      }),
      exchange({ response: OK_RESPONSE }),
    ],
  ),
];
