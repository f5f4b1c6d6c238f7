import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import * as zlib from 'node:zlib';
import { base64, exchangeWith, headers } from '../testing/exchange.ts';
import { bodyOf } from './body.ts';
import { decodeBody } from './decode.ts';

const TEXT = Buffer.from('{"name":"café"}'.repeat(200));

for (const [encoding, bytes] of [
  ['gzip', zlib.gzipSync(TEXT)],
  ['X-GZIP', zlib.gzipSync(TEXT)],
  ['deflate', zlib.deflateSync(TEXT)],
  ['deflate', zlib.deflateRawSync(TEXT)],
  ['br', zlib.brotliCompressSync(TEXT)],
  ['zstd', zlib.zstdCompressSync(TEXT)],
  ['gzip, br', zlib.brotliCompressSync(zlib.gzipSync(TEXT))],
  ['gzip', Buffer.concat([zlib.gzipSync(TEXT.subarray(0, 9)), zlib.gzipSync(TEXT.subarray(9))])],
  ['gzip', Buffer.concat([zlib.gzipSync(TEXT), Buffer.alloc(7)])],
  [
    'zstd',
    Buffer.concat([zlib.zstdCompressSync(TEXT.subarray(0, 9)), zlib.zstdCompressSync(TEXT.subarray(9))]),
  ],
  ['Identity, , GZIP,identity,', zlib.gzipSync(TEXT)],
  ['deflate, x-gzip', zlib.gzipSync(zlib.deflateSync(TEXT))],
  ['identity', TEXT],
  [undefined, TEXT],
] as const) {
  test(`a body of ${bytes.length} bytes encoded by ${encoding ?? 'nothing'} is decoded`, () => {
    const decoded = decodeBody(bytes, encoding);

    ok(decoded.kind === 'decoded' && decoded.bytes.equals(TEXT));
    equal(decoded.damage, undefined);
  });
}

for (const [encoding, bytes] of [
  ['gzip', zlib.gzipSync(TEXT)],
  ['deflate', zlib.deflateSync(TEXT)],
  ['br', zlib.brotliCompressSync(TEXT)],
  ['zstd', zlib.zstdCompressSync(TEXT)],
] as const) {
  test(`of a body that was cut, ${encoding} is decoded as far as it goes`, () => {
    const decoded = decodeBody(bytes.subarray(0, bytes.length - 6), encoding, true);

    ok(decoded.kind === 'decoded');
    equal(decoded.damage, undefined);
    ok(TEXT.subarray(0, decoded.bytes.length).equals(decoded.bytes));
  });
}

test('bytes that are not what they are said to be stay as they are, with the reason', () => {
  const wrong = bodyOf(
    exchangeWith({ responseHeaders: headers(['Content-Encoding', 'gzip']), responseBody: base64('no gzip') }),
    'response',
  );
  const unknown = decodeBody(TEXT, 'gzip, x-rot13');
  const bomb = decodeBody(zlib.gzipSync(Buffer.alloc(65 * 1024 * 1024)), 'gzip');
  const endless = decodeBody(TEXT, 'gzip,gzip,gzip,gzip,gzip');

  equal(wrong.bytes?.toString(), 'no gzip');
  equal(wrong.undecodable, 'gzip: incorrect header check');
  deepEqual(unknown, { kind: 'undecodable', coding: 'x-rot13', reason: 'no decoder for it here' });
  deepEqual(bomb, { kind: 'undecodable', coding: 'gzip', reason: 'more than 64 MiB' });
  equal(endless.kind, 'undecodable');
});
