import { client, conversation, exchange, head, OK, OK_RESPONSE, server } from './builders.ts';

function kept(name: string, lines: readonly string[], headers: readonly string[] = lines) {
  return conversation(
    name,
    [
      client(head('GET / HTTP/1.1', 'Host: example.test', ...lines)),
      server(head('HTTP/1.1 200 OK', ...lines, 'Content-Length: 2'), 'ok'),
    ],
    [
      exchange({
        request: { headers: ['Host: example.test', ...headers] },
        response: { headers: [...headers, 'Content-Length: 2'], body: 'ok' },
      }),
    ],
  );
}

/** Field lines: everything is kept as it came. */
export const fields = [
  kept('order, case and duplicates of fields are kept', [
    'x-B: 2',
    'X-a: 1',
    'x-b: 3',
    'Set-Cookie: a=1',
    'Set-Cookie: b=2',
    'X-A: 1',
  ]),
  kept(
    'white space around values goes, within them it stays',
    ['A:x', 'B:  x  ', 'C:\tx\t y\t', 'D: a  b', 'E: :x:'],
    ['A: x', 'B: x', 'C: x\t y', 'D: a  b', 'E: :x:'],
  ),
  kept('values without content', ['A:', 'B: ', 'C: \t ', 'D:'], ['A:', 'B:', 'C:', 'D:']),
  kept('values with every byte that is allowed', [`X-Bytes: |${allowedBytes()}|`]),
  kept('names of all token marks', ["!#$%&'*+-.^_`|~0aZ: x"]),
  kept('names that almost are framing fields', [
    'Content-Lengt: 7',
    'Content-Length-: 7',
    'Content_Length: 7',
    'Xontent-Length: 7',
    'Transfer-Encodinx: chunked',
    'Hosts: a',
    'Hosu: b',
  ]),
  kept('trace context', [
    'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    'tracestate: a=b',
  ]),
  conversation(
    'a response without a reason, and one without even a space for it',
    [
      client(head('GET / HTTP/1.1', 'Host: example.test')),
      server(head('HTTP/1.1 200 ', 'Content-Length: 2'), 'ok'),
      client(head('GET / HTTP/1.1', 'Host: example.test')),
      server(head('HTTP/1.1 599', 'Content-Length: 2'), 'ok'),
      client(head('GET / HTTP/1.1', 'Host: example.test')),
      server(head('HTTP/1.1 404 Nicht \xc3\xbcblich, wirklich nicht', 'Content-Length: 2'), 'ok'),
    ],
    [
      exchange({ response: { ...OK_RESPONSE, reason: '' } }),
      exchange({ response: { ...OK_RESPONSE, status: 599, reason: '' } }),
      exchange({ response: { ...OK_RESPONSE, status: 404, reason: 'Nicht \xc3\xbcblich, wirklich nicht' } }),
    ],
  ),
  conversation(
    'a request with fields that belong to responses',
    [client(head('GET / HTTP/1.1', 'Host: example.test', 'Set-Cookie: a=1', 'Server: me')), server(OK)],
    [
      exchange({
        request: { headers: ['Host: example.test', 'Set-Cookie: a=1', 'Server: me'] },
        response: OK_RESPONSE,
      }),
    ],
  ),
];

function allowedBytes(): string {
  const bytes = Array.from({ length: 256 }, (_, byte) => byte);
  return String.fromCharCode(...bytes.filter((byte) => byte === 9 || (byte >= 32 && byte !== 127)));
}
