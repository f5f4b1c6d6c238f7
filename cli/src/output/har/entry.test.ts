import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { base64, exchangeWith, headers } from '../../testing/exchange.ts';
import { harOf, problemsOf } from '../../testing/har.ts';

/** What mitmproxy takes for a host, which gives up a whole document otherwise. */
const HOST = /^(?:(?:[\w-]{1,63}\.)*[\w-]{1,63}\.?|\[[\da-f:.]+\])$/i;

for (const [url, expected] of [
  ['http://shop.example/a?b#c', 'http://shop.example/a?b#c'],
  ['http://user:p%40ss word@shop.example:8080/', 'http://user:p%40ss%20word@shop.example:8080/'],
  ['ftp://files.example/a b', 'ftp://files.example/a%20b'],
  ['wss://shop.example', 'wss://shop.example'],
  ['http://[::1]:8080?a=[1]', 'http://[::1]:8080?a=%5B1%5D'],
  ['http://例え.example:80/検', 'http://xn--r8jz45g.example:80/%E6%A4%9C'],
  ['http://my_host.:80/', 'http://my_host.:80/'],
  [null, 'http://unknown.invalid/'],
  ['', 'http://unknown.invalid'],
  ['about:blank', 'http://unknown.invalid'],
  ['http://a b<c>/x y', 'http://unknown.invalid/x%20y'],
  ['http://a..b/', 'http://unknown.invalid/'],
  [`http://${'a'.repeat(64)}/`, 'http://unknown.invalid/'],
  [`http://${'a.'.repeat(140)}b/`, 'http://unknown.invalid/'],
  ['http://shop.example:65536/', 'http://unknown.invalid/'],
  ['http://shop.example:x/', 'http://unknown.invalid/'],
  ['http://1.2.3.256/', 'http://unknown.invalid/'],
  ['http://[::zz]/', 'http://unknown.invalid/'],
  ['http://a@b@c/', 'http://a%40b@c/'],
  ['http://%41/', 'http://unknown.invalid/'],
  ['http:///x', 'http://unknown.invalid/x'],
  ['javascript://x/%0aalert(1)', 'http://unknown.invalid/%0aalert(1)'],
  ['urn://x/y', 'http://unknown.invalid/y'],
  ['/only/a/path', 'http://unknown.invalid/only/a/path'],
] as const) {
  test(`the URL ${JSON.stringify(url)?.slice(0, 60)} is written so that every reader takes it`, async () => {
    const document = await harOf(exchangeWith({ url }));

    const { request } = document.log.entries[0] ?? {};
    equal(request?.url, expected);
    match(new URL(request.url).host.replace(/:\d+$/, ''), HOST);
    equal(request.comment === undefined, !expected.includes('unknown.invalid'));
    deepEqual(problemsOf(document), []);
  });
}

test('the same bytes are the same text everywhere in a document', async () => {
  const utf8 = 'caf\u00c3\u00a9';
  const document = await harOf(
    exchangeWith({
      url: 'http://shop.example/?raw=café&escaped=caf%C3%A9&latin1=caf%E9&plus=a+b&&novalue#?x=1',
      reasonPhrase: utf8,
      requestHeaders: headers(['Cookie', `a=${utf8}`], ['X-Name', utf8]),
      requestBody: base64('café'),
      requestBodyBytes: 5,
      responseHeaders: headers(
        ['Set-Cookie', `a=${utf8}`],
        ['Location', `/${utf8}`],
        ['Content-Type', `text/plain; name=${utf8}`],
      ),
      responseTrailers: headers(['X-Name', utf8]),
    }),
  );

  const { request, response } = document.log.entries[0] ?? {};
  deepEqual(request?.queryString, [
    { name: 'raw', value: 'café' },
    { name: 'escaped', value: 'café' },
    { name: 'latin1', value: 'café' },
    { name: 'plus', value: 'a b' },
    { name: 'novalue', value: '' },
  ]);
  const texts = [
    request.cookies[0]?.value,
    request.headers[1]?.value,
    request.postData?.text,
    response?.statusText,
    response?.cookies[0]?.value,
    response?.redirectURL.slice(1),
    response?.content.mimeType.slice('text/plain; name='.length),
    response?._trailers?.[0]?.value,
  ];
  deepEqual(new Set(texts), new Set(['café']));
});

test('a URL is written with the bytes that were sent, where these are known', async () => {
  const document = await harOf(
    exchangeWith({ url: 'http://shop.example/café?q=é', requestTarget: '/caf\u00e9?q=\u00e9' }),
    exchangeWith({ url: 'http://shop.example/café', requestTarget: 'http://shop.example/caf\u00c3\u00a9' }),
    exchangeWith({ url: 'http://shop.example/café', requestTarget: null }),
  );

  deepEqual(
    document.log.entries.map(({ request }) => request.url),
    ['http://shop.example/caf%E9?q=%E9', 'http://shop.example/caf%C3%A9', 'http://shop.example/caf%C3%A9'],
  );
  deepEqual(document.log.entries[0]?.request.queryString, [{ name: 'q', value: 'é' }]);
});

test('the answer has its own version and reason, and trailers are beside the headers', async () => {
  const document = await harOf(
    exchangeWith({
      responseHttpVersion: '1.0',
      reasonPhrase: 'Token+timed+out.',
      requestTrailers: headers(['X-Sum', '1'], ['x-sum', '2']),
      responseTrailers: headers(['X-Checksum', 'abc123']),
    }),
    exchangeWith({ status: null, responseHttpVersion: null, reasonPhrase: null }),
  );

  const [answered, open] = document.log.entries;
  deepEqual(
    [answered?.request.httpVersion, answered?.response.httpVersion, answered?.response.statusText],
    ['HTTP/1.1', 'HTTP/1.0', 'Token+timed+out.'],
  );
  deepEqual(answered?.request._trailers, [
    { name: 'X-Sum', value: '1' },
    { name: 'x-sum', value: '2' },
  ]);
  deepEqual(answered.response._trailers, [{ name: 'X-Checksum', value: 'abc123' }]);
  deepEqual([open?.response.httpVersion, open?.response.statusText], ['', '']);
  ok(open !== undefined && !('_trailers' in open.response));
  deepEqual(problemsOf(document), []);
});

test('a Max-Age counts from the answer on', async () => {
  const document = await harOf(
    exchangeWith({
      timestamp: '2026-11-21T14:00:00.000Z',
      durationMs: 9_000,
      firstByteMs: 2_000,
      responseHeaders: headers(['Set-Cookie', 'a=1; Max-Age=60; Expires=Fri, 31 Dec 9999 23:59:59 GMT']),
    }),
  );

  equal(document.log.entries[0]?.response.cookies[0]?.expires, '2026-11-21T14:01:02.000Z');
});

test('dates of cookies far away keep a document valid', async () => {
  const dates = [
    'Expires=Fri, 31 Dec 99999 23:59:59 GMT',
    'Max-Age=999999999999999',
    'Expires=31 Dec 9999 23:59:59',
  ];
  const document = await harOf(
    exchangeWith({
      responseHeaders: headers(...dates.map((date) => ['Set-Cookie', `a=1; ${date}`] as const)),
    }),
  );

  deepEqual(problemsOf(document), []);
});

test('a body that is not whole, or not as it was meant, has a comment on either side', async () => {
  const document = await harOf(
    exchangeWith({
      requestBody: base64('abc'),
      requestBodyBytes: 9,
      requestBodyState: 'TRUNCATED',
      responseHeaders: headers(['Content-Encoding', 'gzip']),
      responseBody: base64(gzipSync('{"ok":true}').subarray(0, -2)),
    }),
    exchangeWith({
      requestBody: null,
      requestBodyBytes: 9,
      requestBodyState: 'NOT_CAPTURED',
      responseHeaders: headers(['Content-Encoding', 'UTF-8']),
    }),
  );

  const [first, second] = document.log.entries;
  equal(first?.request.postData?.comment, 'body: truncated');
  equal(first?.response.content.comment, 'gzip: its stream ends early');
  equal(first?.response.content.text, '{"ok":true}');
  equal(second?.request.comment, 'body: not captured');
  equal(second?.response.content.comment, 'not decoded (utf-8: no decoder for it here)');
  equal(second?.response.content.text, 'ok');
  deepEqual(problemsOf(document), []);
});
