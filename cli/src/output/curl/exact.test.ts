import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { WholeExchange } from '../../exchange/exchange.ts';
import { base64, exchangeWith, headers } from '../../testing/exchange.ts';
import { randomNumbers, troublesomeBytes } from '../../testing/random-bytes.ts';
import { type Repeater, startRepeater } from '../../testing/repeat.ts';
import { curlCommand } from '../curl.ts';

const random = randomNumbers(20_261_121);

let repeater: Repeater;

before(async () => {
  repeater = await startRepeater();
});
after(() => repeater.close());

type Field = readonly [name: string, value: string];

/** A request with this head, in which everything else is as a sidecar would have it. */
function requestOf(fields: readonly Field[], more: Partial<WholeExchange> = {}): Partial<WholeExchange> {
  return { method: 'POST', requestHeaders: headers(...fields), ...more };
}

function withBody(body: string): Partial<WholeExchange> {
  return { requestBody: base64(Buffer.from(body, 'latin1')), requestBodyBytes: body.length };
}

for (const [title, fields, body] of [
  [
    'Host stands last and is spelled in lower case',
    [
      ['accept', '*/*'],
      ['host', 'shop.example'],
    ],
    '',
  ],
  [
    'Host is empty',
    [
      ['Accept', '*/*'],
      ['Host', ''],
    ],
    '',
  ],
  ['there is no Host', [['X', 'y']], ''],
  [
    'names come twice, in either case',
    [
      ['Host', 'shop.example'],
      ['X', '1'],
      ['x', '2'],
      ['X', '1'],
    ],
    '',
  ],
  [
    'values are empty',
    [
      ['Host', 'shop.example'],
      ['User-Agent', ''],
      ['Accept', ''],
      ['X', ''],
    ],
    '',
  ],
  [
    'a value names a file',
    [
      ['Host', 'shop.example'],
      ['X', '@/etc/passwd'],
      ['Y', '-o x'],
    ],
    '',
  ],
  [
    'a name begins with a dash and a value is no text',
    [
      ['Host', 'shop.example'],
      ['-X-Odd', 'caf\u00e9\t1'],
    ],
    '',
  ],
  [
    'the length stands in front',
    [
      ['content-length', '3'],
      ['Host', 'shop.example'],
    ],
    'abc',
  ],
  [
    'the length is written with zeros',
    [
      ['Host', 'shop.example'],
      ['Content-Length', '003'],
    ],
    'abc',
  ],
  [
    'the length comes twice',
    [
      ['Host', 'shop.example'],
      ['Content-Length', '3'],
      ['Content-Length', '3'],
    ],
    'a b',
  ],
  [
    'the body comes in chunks',
    [
      ['Host', 'shop.example'],
      ['Transfer-Encoding', 'Chunked'],
    ],
    'abc\u0000\n',
  ],
  [
    'an empty body comes in chunks',
    [
      ['Host', 'shop.example'],
      ['Transfer-Encoding', 'chunked'],
    ],
    '',
  ],
  [
    'the client expects to be asked',
    [
      ['Host', 'shop.example'],
      ['Expect', '100-continue'],
      ['Content-Length', '3'],
    ],
    'abc',
  ],
  [
    'a length of nothing is announced',
    [
      ['Host', 'shop.example'],
      ['Content-Length', '0'],
    ],
    '',
  ],
] as const satisfies readonly (readonly [string, readonly Field[], string])[]) {
  test(`fields go out as they came, in their order and no others: ${title}`, async () => {
    const requests = await repeater.repeat(requestOf(fields, withBody(body)));

    for (const request of requests) {
      deepEqual(
        request.fields,
        fields.map(([name, value]: Field) => (value === '' ? `${name}:` : `${name}: ${value}`)),
      );
      equal(request.body.toString('latin1'), body);
    }
  });
}

test('a whole request of any bytes reaches a server as it was captured, from every shell', async () => {
  for (let count = 0; count < 12; count++) {
    const body = troublesomeBytes(random, 40, /(?!)/g);
    const fields: Field[] = [
      ['Host', 'shop.example'],
      ...Array.from({ length: 4 }, (_, index): Field => {
        const name = ['-X', 'X_Y', 'x|y', "it's"][index] ?? '';
        return [name, troublesomeBytes(random, 30, /[\0-\u0008\u000a-\u001f]|^[ \t]+|[ \t]+$/g).trim()];
      }),
      ['Content-Length', String(body.length)],
    ];
    const path = `/${troublesomeBytes(random, 20, /[^!-~]/g)}`;
    const url = `http://shop.example${path}`;

    const requests = await repeater.repeat(requestOf(fields, { path, url, ...withBody(body) }));

    for (const request of requests) {
      equal(request.line, `POST ${path} HTTP/1.1`);
      deepEqual(
        request.fields,
        fields.map(([name, value]) => (value === '' ? `${name}:` : `${name}: ${value}`)),
      );
      equal(request.body.toString('latin1'), body);
    }
  }
});

for (const [line, fields] of [
  ['OPTIONS * HTTP/1.1', { url: 'http://shop.example', path: '' }],
  [
    'CONNECT shop.example:443 HTTP/1.1',
    { url: 'http://shop.example:443', host: 'shop.example:443', path: '' },
  ],
  ['GET http://shop.example HTTP/1.1', { url: 'http://shop.example', path: '' }],
  ['GET http://shop.example?a=1 HTTP/1.1', { url: 'http://shop.example?a=1', path: '?a=1' }],
  [
    'GET http://SHOP.example:80/items HTTP/1.1',
    { url: 'http://SHOP.example:80/items', host: 'SHOP.example:80', path: '/items' },
  ],
  [
    'GET https://shop.example/items HTTP/1.1',
    { url: 'https://shop.example/items', scheme: 'https', path: '/items' },
  ],
  [
    'GET ftp://shop.example/items HTTP/1.1',
    { url: 'ftp://shop.example/items', scheme: 'ftp', path: '/items' },
  ],
  [
    'GET http://shop.example/items HTTP/1.1',
    { url: 'http://shop.example/items', path: '/items', requestTarget: 'http://shop.example/items' },
  ],
  [
    'GET /caf\u00e9 HTTP/1.1',
    { url: 'http://shop.example/caf\u00e9', path: '/caf\u00e9', requestTarget: '/caf\u00e9' },
  ],
  [
    'GET /caf\u00c3\u00a9 HTTP/1.1',
    { url: 'http://shop.example/caf\u00e9', path: '/caf\u00e9', requestTarget: '/caf\u00c3\u00a9' },
  ],
  ['GET /items? HTTP/1.1', { url: 'http://shop.example/items?', path: '/items?' }],
  ['GET /? HTTP/1.1', { url: 'http://shop.example/?', path: '/?' }],
  ['GET //a//..//?? HTTP/1.1', { url: 'http://shop.example//a//..//??', path: '//a//..//??' }],
] as const) {
  test(`the request line ${line} is repeated as it was`, async () => {
    const [method] = line.split(' ');

    const requests = await repeater.repeat({ method: method ?? '', ...fields });

    for (const request of requests) equal(request.line, line);
  });
}

test('a length that is not that of what was kept is counted anew, and that is said', async () => {
  const fields: readonly Field[] = [
    ['Host', 'shop.example'],
    ['Content-Length', '1000'],
  ];
  const exchange = requestOf(fields, {
    ...withBody('only this much'),
    requestBodyBytes: 1_000,
    requestBodyState: 'TRUNCATED',
  });

  const [request] = await repeater.repeat(exchange);

  deepEqual(request?.fields, ['Host: shop.example', 'Content-Length: 14']);
  match(curlCommand(exchangeWith(exchange)).remarks.join(), /cut/);
});

for (const [what, fields, remark] of [
  [
    'letters that were UTF-8 or latin1',
    { path: '/caf\u00e9', url: 'http://shop.example/caf\u00e9' },
    /UTF-8 or as latin1/,
  ],
  [
    'letters that were UTF-8 for sure',
    { path: '/caf\u00c3\u00a9', url: 'http://shop.example/caf\u00c3\u00a9' },
    undefined,
  ],
  ['letters beyond latin1', { path: '/\u6f22', url: 'http://shop.example/\u6f22' }, undefined],
  [
    'a body that was not captured',
    { requestBody: null, requestBodyBytes: 9, requestBodyState: 'NOT_CAPTURED' },
    /not captured/,
  ],
  [
    'a body that was withheld',
    { requestBody: null, requestBodyBytes: 9, requestBodyState: 'WITHHELD' },
    /withheld/,
  ],
  ['a body that broke off', { requestBodyState: 'CUT_OFF', ...withBody('abc') }, /broke off/],
  ['a body of which parts are missing', { requestBodyState: 'INCOMPLETE' }, /missing/],
  ['a body in a state that is new', { requestBodyState: 'ODD_ONE' }, /not whole \(odd_one\)/],
  ['chunks', { requestHeaders: headers(['Transfer-Encoding', 'chunked']), ...withBody('abc') }, /chunks/],
  [
    'chunks with HEAD',
    { method: 'HEAD', requestHeaders: headers(['Transfer-Encoding', 'chunked']) },
    /"Transfer-Encoding" is left out/,
  ],
  ['a body with HEAD', { method: 'HEAD', ...withBody('abc') }, /its body is left out/],
  ['a head that was withheld', { path: '/redacted', requestHeaders: headers() }, /withheld: they could not/],
  ['trailers', { requestTrailers: headers(['X-Sum', '1']) }, /trailers are left out/],
  ['a connection that went on as something else', { state: 'UPGRADED' }, /what followed/],
  ['a value that is blank to curl', { requestHeaders: headers(['X', '\u000b']) }, /"X" is left out/],
  [
    'a secret in bytes that are no text',
    withBody('\u0000redacted:0123456789abcdef'),
    /secrets were redacted/,
  ],
] as const satisfies readonly (readonly [string, Partial<WholeExchange>, RegExp | undefined])[]) {
  test(`a command that ${remark === undefined ? 'is exact says nothing' : 'differs says so'}: ${what}`, () => {
    const { command, remarks } = curlCommand(exchangeWith(fields));

    ok(command !== undefined);
    equal(remarks.length, remark === undefined ? 0 : 1, remarks.join());
    match(remarks.join(), remark ?? /^$/);
  });
}
