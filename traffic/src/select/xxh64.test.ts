import assert from 'node:assert/strict';
import { test } from 'node:test';
import xxhash from 'xxhash-wasm';
import { lowest53BitsOfXxh64 } from './xxh64.ts';

const LOWEST_53 = (1n << 53n) - 1n;

function ours(bytes: Buffer): bigint {
  const word = (offset: number): number => bytes.readInt32BE(offset);
  return BigInt(lowest53BitsOfXxh64(word(0), word(4), word(8), word(12)));
}

test('hashes agree with the reference implementation', async () => {
  const reference = await xxhash();
  const edges = ['00', 'ff', '80', '7f', '01'].map((byte) => Buffer.from(byte.repeat(16), 'hex'));
  const others = Array.from({ length: 5_000 }, () => Buffer.from(crypto.getRandomValues(new Uint8Array(16))));
  for (const bytes of [...edges, ...others]) {
    assert.equal(ours(bytes), reference.h64Raw(bytes, 0n) & LOWEST_53, bytes.toString('hex'));
  }
});

test('a known trace id has a known hash, so that later releases decide alike', () => {
  const hash = ours(Buffer.from('0af7651916cd43dd8448eb211c80319c', 'hex'));
  assert.equal(hash, 3_069_977_677_204_586n);
});
