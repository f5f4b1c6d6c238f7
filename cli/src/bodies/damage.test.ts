import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { test } from 'node:test';
import * as zlib from 'node:zlib';
import { base64, exchangeWith, headers } from '../testing/exchange.ts';
import { bodyOf } from './body.ts';
import { decodeBody } from './decode.ts';

const TEXT = Buffer.from('{"name":"café"}'.repeat(200));
const CODED = [
  ['gzip', zlib.gzipSync(TEXT)],
  ['deflate', zlib.deflateSync(TEXT)],
  ['deflate', zlib.deflateRawSync(TEXT)],
  ['br', zlib.brotliCompressSync(TEXT)],
  ['zstd', zlib.zstdCompressSync(TEXT)],
] as const;

for (const [coding, bytes] of CODED) {
  test(`a whole body of ${bytes.length} bytes of ${coding} whose stream ends early is shown as far as it goes, and said so`, () => {
    for (const length of [1, bytes.length - 5, bytes.length - 1]) {
      const decoded = decodeBody(bytes.subarray(0, length), coding);

      ok(decoded.kind === 'decoded');
      ok(TEXT.subarray(0, decoded.bytes.length).equals(decoded.bytes));
      equal(decoded.damage, `${coding}: its stream ends early`);
    }
  });

  test(`what follows behind a stream of ${bytes.length} bytes of ${coding} is said`, () => {
    const decoded = decodeBody(Buffer.concat([bytes, Buffer.from('surplus')]), coding);

    ok(decoded.kind === 'decoded' && decoded.bytes.equals(TEXT));
    equal(decoded.damage, `${coding}: 7 bytes follow behind its stream`);
  });
}

test('behind several members of gzip with names and comments, what follows is said', () => {
  const plain = zlib.gzipSync(TEXT);
  const named = Buffer.concat([
    Buffer.from([0x1f, 0x8b, 8, 4 + 8 + 16, 0, 0, 0, 0, 0, 3, 2, 0, 0xff, 0xff]),
    Buffer.from('name\0comment\0'),
    plain.subarray(10),
  ]);

  const decoded = decodeBody(Buffer.concat([named, plain, Buffer.from('surplus')]), 'gzip');

  ok(decoded.kind === 'decoded' && decoded.bytes.equals(Buffer.concat([TEXT, TEXT])));
  equal(decoded.damage, 'gzip: 7 bytes follow behind its stream');
});

test('a second member of gzip or frame of zstd that ends early is damage', () => {
  for (const [coding, bytes] of [
    ['gzip', zlib.gzipSync(TEXT)],
    ['zstd', zlib.zstdCompressSync(TEXT)],
  ] as const) {
    const decoded = decodeBody(Buffer.concat([bytes, bytes.subarray(0, bytes.length - 3)]), coding);

    ok(decoded.kind === 'decoded' && decoded.bytes.subarray(0, TEXT.length).equals(TEXT));
    equal(decoded.damage, `${coding}: its stream ends early`);
  }
});

test('damage of an outer coding does not hide what the inner one still tells', () => {
  const decoded = decodeBody(zlib.gzipSync(zlib.deflateSync(TEXT)).subarray(0, -9), 'deflate, gzip');

  ok(decoded.kind === 'decoded' && decoded.bytes.length > 0);
  equal(decoded.damage, 'gzip: its stream ends early');
});

test('codings on several lines are one list, undone from its end', () => {
  const exchange = exchangeWith({
    responseHeaders: headers(['content-encoding', 'deflate'], ['X', 'y'], ['Content-Encoding', 'gzip']),
    responseBody: base64(zlib.gzipSync(zlib.deflateSync(TEXT))),
  });

  const body = bodyOf(exchange, 'response');

  equal(body.text, TEXT.toString());
  deepEqual(body.codings, ['deflate', 'gzip']);
  equal(body.undecodable, undefined);
});

for (const coding of ['UTF-8', 'none', 'gzip', 'deflate', 'br', 'zstd', 'aws-chunked', 'binary']) {
  test(`plain text that is said to be in ${coding} is shown as text, with a remark`, () => {
    const exchange = exchangeWith({
      responseHeaders: headers(['Content-Encoding', coding]),
      responseBody: base64('plain café'),
    });

    const body = bodyOf(exchange, 'response');

    equal(body.text, 'plain café');
    match(body.undecodable ?? '', new RegExp(`^${coding.toLowerCase()}: `));
  });
}

test('a coding that is unknown does not keep the ones behind it from being undone', () => {
  const decoded = decodeBody(zlib.gzipSync(TEXT), 'utf-8, gzip');

  ok(decoded.kind === 'decoded' && decoded.bytes.equals(TEXT));
  deepEqual(decoded.codings, ['gzip']);
  equal(decoded.damage, 'utf-8: no decoder for it here');
});

test('streams together may not hide more than one may', () => {
  const frame = zlib.zstdCompressSync(Buffer.alloc(40 * 1024 * 1024));

  const decoded = decodeBody(Buffer.concat([frame, frame]), 'zstd');

  deepEqual(decoded, { kind: 'undecodable', coding: 'zstd', reason: 'more than 64 MiB' });
});
