import { client, conversation, exchange, GET, head, OK, OK_RESPONSE, server, ends } from './builders.ts';

/** Bodies with a length, without one, and responses that never have one. */
export const contentLength = [
  conversation(
    'a request without and a response with a body',
    [client(GET), server(OK)],
    [exchange({ response: OK_RESPONSE })],
  ),
  conversation(
    'a body each way',
    [
      client(
        head('POST /orders?a=1&b=%20 HTTP/1.1', 'Host: example.test', 'Content-Length: 11'),
        'hello world',
      ),
      server(head('HTTP/1.1 201 Created', 'Location: /orders/7', 'Content-Length: 4'), 'done'),
    ],
    [
      exchange({
        method: 'POST',
        url: 'http://example.test/orders?a=1&b=%20',
        request: { headers: ['Host: example.test', 'Content-Length: 11'], body: 'hello world' },
        response: {
          status: 201,
          reason: 'Created',
          headers: ['Location: /orders/7', 'Content-Length: 4'],
          body: 'done',
        },
      }),
    ],
  ),
  conversation(
    'lengths of zero',
    [
      client(head('POST / HTTP/1.1', 'Host: example.test', 'Content-Length: 0')),
      server(head('HTTP/1.1 200 OK', 'Content-Length: 0')),
    ],
    [
      exchange({
        method: 'POST',
        request: { headers: ['Host: example.test', 'Content-Length: 0'] },
        response: { headers: ['Content-Length: 0'] },
      }),
    ],
  ),
  conversation(
    'equal lengths said twice',
    [
      client(head('POST / HTTP/1.1', 'Host: example.test', 'Content-Length: 3', 'content-length: 3'), 'abc'),
      server(head('HTTP/1.1 200 OK', 'Content-Length: 02', 'Content-Length: 2'), 'ok'),
    ],
    [
      exchange({
        method: 'POST',
        request: { headers: ['Host: example.test', 'Content-Length: 3', 'content-length: 3'], body: 'abc' },
        response: { headers: ['Content-Length: 02', 'Content-Length: 2'], body: 'ok' },
      }),
    ],
  ),
  conversation(
    'a body that looks like a request and one that looks like a response',
    [
      client(head('PUT / HTTP/1.1', 'Host: example.test', `Content-Length: ${GET.length}`), GET),
      server(head('HTTP/1.1 200 OK', `Content-Length: ${OK.length}`), OK),
      client(GET),
      server(OK),
    ],
    [
      exchange({
        method: 'PUT',
        request: { headers: ['Host: example.test', `Content-Length: ${GET.length}`], body: GET },
        response: { headers: [`Content-Length: ${OK.length}`], body: OK },
      }),
      exchange({ response: OK_RESPONSE }),
    ],
  ),
  conversation(
    'HEAD, whose response names a length and has no body',
    [
      client(head('HEAD / HTTP/1.1', 'Host: example.test')),
      server(head('HTTP/1.1 200 OK', 'Content-Length: 5000')),
      client(GET),
      server(OK),
    ],
    [
      exchange({ method: 'HEAD', response: { headers: ['Content-Length: 5000'] } }),
      exchange({ response: OK_RESPONSE }),
    ],
  ),
  conversation(
    '204 and 304 without a body, whatever their fields say',
    [
      client(head('DELETE / HTTP/1.1', 'Host: example.test')),
      server(head('HTTP/1.1 204 No Content')),
      client(GET),
      server(head('HTTP/1.1 304 Not Modified', 'Content-Length: 5', 'ETag: "a"')),
      client(GET),
      server(OK),
    ],
    [
      exchange({ method: 'DELETE', response: { status: 204, reason: 'No Content' } }),
      exchange({
        response: { status: 304, reason: 'Not Modified', headers: ['Content-Length: 5', 'ETag: "a"'] },
      }),
      exchange({ response: OK_RESPONSE }),
    ],
  ),
  conversation(
    'a response that ends with the connection',
    [
      client(GET),
      server(head('HTTP/1.1 200 OK', 'Connection: close'), 'until '),
      server('the end'),
      ends('server'),
    ],
    [exchange({ response: { headers: ['Connection: close'], body: 'until the end' } })],
  ),
  conversation(
    'an empty response that ends with the connection',
    [client(GET), server(head('HTTP/1.1 200 OK')), ends('server'), ends('client')],
    [exchange()],
  ),
  conversation(
    'a response that comes before the request has ended',
    [
      client(head('POST / HTTP/1.1', 'Host: example.test', 'Content-Length: 6'), 'abc'),
      server(OK),
      client('def'),
      client(GET),
      server(OK),
    ],
    [
      exchange({
        method: 'POST',
        request: { headers: ['Host: example.test', 'Content-Length: 6'], body: 'abcdef' },
        response: OK_RESPONSE,
      }),
      exchange({ response: OK_RESPONSE }),
    ],
  ),
];
