import { deepEqual, equal, ok } from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { test } from 'node:test';
import { base64, exchangeWith, headers } from '../../testing/exchange.ts';
import { type Har, harOf, harText, problemsOf } from '../../testing/har.ts';

test('a log of exchanges of every kind is a valid HAR 1.2 document', async () => {
  const exchanges = [
    exchangeWith(),
    exchangeWith({ state: 'OPEN', status: null, durationMs: null, firstByteMs: null, responseHeaders: null }),
    exchangeWith({ method: null, url: null, requestHeaders: null, requestBody: null, timestamp: null }),
    exchangeWith({ requestBody: base64(Buffer.from([0, 255])), requestBodyBytes: 2 }),
    exchangeWith({ url: 'http://a b<c>/é [x]{y}?q=%zz&"\\^`|#one#two\u0001' }),
    exchangeWith({ url: 'http://[::1]:8080/?a=[1]' }),
    exchangeWith({
      responseHeaders: headers(['Set-Cookie', 'a=b; Expires=nonsense'], ['Location', '/elsewhere']),
      responseBodyState: 'NOT_CAPTURED',
      responseBody: null,
    }),
    exchangeWith({ responseBodyBytes: '9007199254740993', responseBodyState: 'TRUNCATED' }),
  ];

  const document = await harOf(...exchanges);

  deepEqual(problemsOf(document), []);
  equal(document.log.entries.length, exchanges.length);
});

test('a log without exchanges is a valid HAR 1.2 document', async () => {
  deepEqual(problemsOf(await harOf()), []);
});

test('timings add up to the time of the entry, and are never negative but for what is not known', async () => {
  const { log } = await harOf(
    exchangeWith({ durationMs: 12.5, firstByteMs: 10 }),
    exchangeWith({ durationMs: 5, firstByteMs: 7 }),
    exchangeWith({ durationMs: null, firstByteMs: 3 }),
  );

  const shown = log.entries.map(({ time, timings: { send, wait, receive } }) => [time, send, wait, receive]);
  deepEqual(shown, [
    [12.5, 0, 10, 2.5],
    [7, 0, 7, 0],
    [3, 0, 3, 0],
  ]);
});

test('cookies, query and headers are read as browsers show them', async () => {
  const [entry] = (
    await harOf(
      exchangeWith({
        url: 'http://shop.example/find?q=a+b&q=%C3%A9&empty',
        requestHeaders: headers(['Cookie', 'session=abc=; theme="dark"'], ['X-Name', 'caf\u00c3\u00a9']),
        responseHeaders: headers([
          'Set-Cookie',
          'id=1; Path=/; Domain=shop.example; Expires=Sat, 21 Nov 2026 15:00:00 GMT; Secure; HttpOnly',
        ]),
      }),
    )
  ).log.entries;

  deepEqual(entry?.request.queryString, [
    { name: 'q', value: 'a b' },
    { name: 'q', value: 'é' },
    { name: 'empty', value: '' },
  ]);
  deepEqual(entry.request.cookies, [
    { name: 'session', value: 'abc=' },
    { name: 'theme', value: '"dark"' },
  ]);
  deepEqual(entry.request.headers.at(-1), { name: 'X-Name', value: 'café' });
  deepEqual(entry.response.cookies, [
    {
      name: 'id',
      value: '1',
      path: '/',
      domain: 'shop.example',
      expires: '2026-11-21T15:00:00.000Z',
      secure: true,
      httpOnly: true,
    },
  ]);
});

test('text is decoded, and what is no text is base64', async () => {
  const zipped = gzipSync('{"ok":true}');
  const binary = Buffer.from([0x89, 0x50, 0, 0xff]);
  const { log } = await harOf(
    exchangeWith({
      responseHeaders: headers(['Content-Type', 'application/json'], ['Content-Encoding', 'gzip']),
      responseBody: base64(zipped),
      responseBodyBytes: zipped.length,
    }),
    exchangeWith({
      requestBody: base64(binary),
      requestBodyBytes: 4,
      responseHeaders: headers(['Content-Type', 'image/png']),
      responseBody: base64(binary),
      responseBodyBytes: 4,
    }),
  );

  deepEqual(log.entries[0]?.response.content, {
    size: 11,
    compression: 11 - zipped.length,
    mimeType: 'application/json',
    text: '{"ok":true}',
  });
  deepEqual(log.entries[1]?.response.content, {
    size: 4,
    mimeType: 'image/png',
    text: binary.toString('base64'),
    encoding: 'base64',
  });
  deepEqual(log.entries[1].request.postData, {
    mimeType: '',
    text: binary.toString('base64'),
    _encoding: 'base64',
  });
});

test('a document holds no character that a terminal obeys', async () => {
  const text = await harText(
    exchangeWith({
      url: 'http://a/\u001b[2J\u009b\u202e',
      responseBody: base64('\u001b]0;x\u0007\u{e0001}'),
    }),
  );

  ok(/^[\n\x20-\x7e]*$/.test(text));
  equal((JSON.parse(text) as Har).log.entries[0]?.response.content.text, '\u001b]0;x\u0007\u{e0001}');
});
