import { deepEqual, equal, ok } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { base64, exchangeWith, headers } from '../testing/exchange.ts';
import { type Repeater, startRepeater } from '../testing/repeat.ts';
import { curlCommand } from './curl.ts';

let repeater: Repeater;

before(async () => {
  repeater = await startRepeater();
});
after(() => repeater.close());

/** What a hostile client may put where it likes: each would run, end a quote, or name a file. */
const HOSTILE = [
  `'; touch run-by-quote; '`,
  '$(touch run-by-substitution)',
  '`touch run-by-backquote`',
  '"; touch run-by-double-quote; "',
  "\\'; touch run-by-backslash #",
  '!!; !touch run-by-history',
  '=ls',
  '~root',
  'L',
  '-v\t',
  '%s%n %d ${IFS} ~ * ? [a-z] {1,2} | & ; < > ( ) #',
  '@/etc/passwd',
  "it's \u00c3\u00a9\u00ff\u0080 \u00c2\u009b31m",
  '-o written-by-option',
];

const EVERY_BYTE = Buffer.from(Array.from({ length: 256 }, (_, index) => index));

test('a header with any value reaches the server as it was, from every shell, and runs nothing', async () => {
  const values = [...HOSTILE, 'tab\there', 'plain', ''];
  const fields = values.map((value, index) => [`X-Hostile-${index}`, value] as const);

  const requests = await repeater.repeat({ requestHeaders: headers(['Host', 'shop.example'], ...fields) });

  const expected = ['Host: shop.example', ...fields.map(([name, value]) => `${name}: ${value}`.trimEnd())];
  for (const { fields: received } of requests)
    deepEqual(
      received.map((field) => field.trimEnd()),
      expected,
    );
});

for (const [name, body] of [
  ['of every byte', EVERY_BYTE],
  ['that ends in line feeds', Buffer.from('a\nb\n\n\n')],
  ['that a history would change', Buffer.from('a\n!!\n^a^b^\n')],
  ['of JSON with quotes', Buffer.from('{\n  "name": "it\'s \\"quoted\\" $HOME `id` é"\n}')],
  ['that names a file', Buffer.from('@/etc/passwd')],
  ['that holds escapes of terminals', Buffer.from('\u001b]0;title\u0007\u009b31m\u202e')],
  ['longer than an argument may be', Buffer.alloc(300_000, 'x')],
  ...HOSTILE.map((text) => [`that reads ${JSON.stringify(text)}`, Buffer.from(text, 'latin1')] as const),
] as const) {
  test(`a body ${name} reaches the server byte for byte, from every shell`, async () => {
    const fields = headers(['Host', 'shop.example'], ['Content-Length', String(body.length)]);

    const requests = await repeater.repeat({
      method: 'POST',
      requestHeaders: fields,
      requestBody: base64(body),
      requestBodyBytes: body.length,
    });

    for (const request of requests) {
      equal(request.line, 'POST /items?id=7 HTTP/1.1');
      deepEqual(request.fields, ['Host: shop.example', `Content-Length: ${body.length}`]);
      ok(request.body.equals(body));
    }
  });
}

for (const path of [
  '/plain?a=1&b=2',
  '/a/../b/./c//d?x=[1]&y={a,b}',
  '/%7euser/%2F%2e%2e?q=%zz',
  '/é?ü=ß',
  "/';touch run-by-path;'$(touch run-by-path)?`id`#fragment",
  '/space here?and "quotes"',
  '*',
  '/\u0001\u007f\u001b[31m',
]) {
  test(`the request target ${JSON.stringify(path)} reaches the server as it was`, async () => {
    const requests = await repeater.repeat({ path, url: `http://shop.example${path}` });

    for (const { line } of requests)
      equal(line, `GET ${Buffer.from(path, 'utf8').toString('latin1')} HTTP/1.1`);
  });
}

test('methods, versions and empty bodies are repeated as they were', async () => {
  const [head] = await repeater.repeat({ method: 'HEAD' });
  const [purge] = await repeater.repeat({ method: 'PURGE', httpVersion: '1.0' });
  const [empty] = await repeater.repeat({
    method: 'POST',
    requestHeaders: headers(['Host', 'shop.example'], ['Content-Length', '0']),
  });

  equal(head?.line, 'HEAD /items?id=7 HTTP/1.1');
  equal(purge?.line, 'PURGE /items?id=7 HTTP/1.0');
  deepEqual(empty?.fields, ['Host: shop.example', 'Content-Length: 0']);
});

test('what would make curl read files, send passwords or fail is left out and said', () => {
  const strange = curlCommand(
    exchangeWith({ requestHeaders: headers(['@/etc/passwd', 'x'], ['X-Good', 'y'], ['X-Nul', 'a\0b']) }),
  );
  const elsewhere = curlCommand(
    exchangeWith({ url: 'http://user:secret@evil.example/', host: 'user:secret@evil.example' }),
  );
  const file = curlCommand(
    exchangeWith({ url: 'file:///etc/passwd', scheme: 'file', host: '', path: '/etc/passwd' }),
  );
  const cut = curlCommand(exchangeWith({ requestBodyState: 'TRUNCATED', requestBody: base64('abc') }));

  ok(!strange.command?.includes('passwd'));
  ok(strange.command?.includes('X-Good'));
  deepEqual(strange.remarks, [
    'the header "@/etc/passwd" is left out: curl could not send it as it was',
    'the header "X-Nul" is left out: curl could not send it as it was',
  ]);
  equal(elsewhere.command, undefined);
  equal(file.command, undefined);
  deepEqual(cut.remarks, ['its body was cut when it was captured: what was kept is sent']);
});

test('where secrets were redacted, the person is told', () => {
  const requestHeaders = headers(['Authorization', 'redacted:0123456789abcdef']);

  const { command, remarks } = curlCommand(exchangeWith({ requestHeaders }));

  ok(command?.includes("'Authorization: redacted:0123456789abcdef'"));
  deepEqual(remarks, ['secrets were redacted when it was captured: put them in yourself']);
});

test('a command holds no character that a terminal obeys', () => {
  const bytes = EVERY_BYTE.toString('latin1').replaceAll('\0', '');

  const { command } = curlCommand(
    exchangeWith({
      path: `/${bytes}`,
      requestHeaders: headers(['X-Bytes', bytes.replaceAll(/[\r\n]/g, '')]),
      requestBody: base64('\u001b[2J\u202e\u200b'),
    }),
  );

  ok(command !== undefined);
  ok(/^[\n\x20-\x7e]*$/.test(command));
});
