import { UPSTREAM } from './conversation.ts';
import { client, conversation, ends, exchange, GET, head, OK, OK_RESPONSE, server } from './builders.ts';

const OLD_GET = head('GET /old HTTP/1.0');
const KEPT_GET = head('GET /kept HTTP/1.0', 'Connection: keep-alive');

/** Keep-alive, pipelining, closing, HTTP/1.0. */
export const connection = [
  conversation(
    'keep-alive over three exchanges',
    [client(GET), server(OK), client(GET), server(OK), client(GET), server(OK)],
    [
      exchange({ response: OK_RESPONSE }),
      exchange({ response: OK_RESPONSE }),
      exchange({ response: OK_RESPONSE }),
    ],
  ),
  conversation(
    'three pipelined requests in one write, answered in one write',
    [
      client(GET, head('HEAD /b HTTP/1.1', 'Host: b.test'), head('GET /c HTTP/1.1', 'Host: c.test')),
      server(OK, head('HTTP/1.1 200 OK', 'Content-Length: 99'), OK),
    ],
    [
      exchange({ response: OK_RESPONSE }),
      exchange({
        method: 'HEAD',
        url: 'http://b.test/b',
        request: { headers: ['Host: b.test'] },
        response: { headers: ['Content-Length: 99'] },
      }),
      exchange({ url: 'http://c.test/c', request: { headers: ['Host: c.test'] }, response: OK_RESPONSE }),
    ],
  ),
  conversation(
    'pipelined requests with bodies, answered one by one while more arrive',
    [
      client(head('POST /1 HTTP/1.1', 'Host: example.test', 'Content-Length: 3'), 'one', GET),
      server(OK),
      client(
        head('POST /3 HTTP/1.1', 'Host: example.test', 'Transfer-Encoding: chunked'),
        '5\r\nthree\r\n0\r\n\r\n',
      ),
      server(OK),
      server(OK),
    ],
    [
      exchange({
        method: 'POST',
        url: 'http://example.test/1',
        request: { headers: ['Host: example.test', 'Content-Length: 3'], body: 'one' },
        response: OK_RESPONSE,
      }),
      exchange({ response: OK_RESPONSE }),
      exchange({
        method: 'POST',
        url: 'http://example.test/3',
        request: { headers: ['Host: example.test', 'Transfer-Encoding: chunked'], body: 'three' },
        response: OK_RESPONSE,
      }),
    ],
  ),
  conversation(
    'empty lines before requests',
    [client('\r\n', GET), server(OK), client('\r\n\r\n', GET, '\r\n'), server(OK)],
    [exchange({ response: OK_RESPONSE }), exchange({ response: OK_RESPONSE })],
  ),
  conversation(
    'a closing exchange, the server closing first',
    [
      client(head('GET / HTTP/1.1', 'Host: example.test', 'Connection: close')),
      server(head('HTTP/1.1 200 OK', 'Connection: close', 'Content-Length: 2'), 'ok'),
      ends('server'),
      ends('client'),
    ],
    [
      exchange({
        request: { headers: ['Host: example.test', 'Connection: close'] },
        response: { headers: ['Connection: close', 'Content-Length: 2'], body: 'ok' },
      }),
    ],
  ),
  conversation(
    'a client that half-closes behind its request and still gets the response',
    [client(GET), ends('client'), server(OK), ends('server')],
    [exchange({ response: OK_RESPONSE })],
  ),
  conversation('a connection on which nothing is sent', [ends('client'), ends('server')], []),
  conversation(
    'HTTP/1.0 without Host, its response ending with the connection',
    [client(OLD_GET), server(head('HTTP/1.0 200 OK'), 'old'), ends('server'), ends('client')],
    [
      exchange({
        url: `http://${UPSTREAM}/old`,
        request: { version: '1.0', headers: [] },
        response: { version: '1.0', body: 'old' },
      }),
    ],
  ),
  conversation(
    'HTTP/1.0 kept alive',
    [
      client(KEPT_GET),
      server(head('HTTP/1.0 200 OK', 'Connection: keep-alive', 'Content-Length: 2'), 'ok'),
      client(KEPT_GET),
      server(OK),
    ],
    [
      exchange({
        url: `http://${UPSTREAM}/kept`,
        request: { version: '1.0', headers: ['Connection: keep-alive'] },
        response: { version: '1.0', headers: ['Connection: keep-alive', 'Content-Length: 2'], body: 'ok' },
      }),
      exchange({
        url: `http://${UPSTREAM}/kept`,
        request: { version: '1.0', headers: ['Connection: keep-alive'] },
        response: OK_RESPONSE,
      }),
    ],
  ),
  conversation(
    'HTTP/1.0 with a body each way',
    [
      client(head('POST / HTTP/1.0', 'Content-Length: 3'), 'abc'),
      server(head('HTTP/1.1 200 OK', 'Content-Length: 2'), 'ok'),
      ends('server'),
    ],
    [
      exchange({
        method: 'POST',
        url: `http://${UPSTREAM}/`,
        request: { version: '1.0', headers: ['Content-Length: 3'], body: 'abc' },
        response: OK_RESPONSE,
      }),
    ],
  ),
];
