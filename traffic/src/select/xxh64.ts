/**
 * XXH64 of 16 bytes with seed 0 (github.com/Cyan4973/xxHash, doc/xxhash_spec.md), in halves of 32 bits because
 * arithmetic of 64 bits would allocate.
 */

/** A number of 64 bits as two of 32. */
interface Word {
  high: number;
  low: number;
}

const PRIME_1: Word = { high: 0x9e3779b1, low: 0x85ebca87 };
const PRIME_2: Word = { high: 0xc2b2ae3d, low: 0x27d4eb4f };
const PRIME_3: Word = { high: 0x165667b1, low: 0x9e3779f9 };
const PRIME_4: Word = { high: 0x85ebca77, low: 0xc2b2ae63 };
const PRIME_5: Word = { high: 0x27d4eb2f, low: 0x165667c5 };
const LENGTH = 16;
const TWO_32 = 2 ** 32;
const UPPER_21_BITS = 0x1fffff;

/** Scratch: one hash is made at a time, and none of this outlives a call. */
const hash: Word = { high: 0, low: 0 };
const lane: Word = { high: 0, low: 0 };

/**
 * The lowest 53 bits of the hash of 16 bytes, as a whole number.
 *
 * @param word0 the first four bytes as a number of 32 bits, first byte highest; the others follow
 */
export function lowest53BitsOfXxh64(word0: number, word1: number, word2: number, word3: number): number {
  set(hash, PRIME_5);
  add(hash, 0, LENGTH);
  mix(word0, word1);
  mix(word2, word3);
  // The avalanche: h ^= h >>> 33, twice with a prime behind it, then h ^= h >>> 32.
  hash.low ^= hash.high >>> 1;
  multiply(hash, PRIME_2);
  hash.low ^= (hash.high << 3) | (hash.low >>> 29);
  hash.high ^= hash.high >>> 29;
  multiply(hash, PRIME_3);
  hash.low ^= hash.high;
  return (hash.high & UPPER_21_BITS) * TWO_32 + (hash.low >>> 0);
}

/** Takes eight bytes, which count as a little-endian number. */
function mix(first: number, second: number): void {
  lane.low = swap(first);
  lane.high = swap(second);
  multiply(lane, PRIME_2);
  rotate(lane, 31);
  multiply(lane, PRIME_1);
  hash.high ^= lane.high;
  hash.low ^= lane.low;
  rotate(hash, 27);
  multiply(hash, PRIME_1);
  add(hash, PRIME_4.high, PRIME_4.low);
}

function set(word: Word, { high, low }: Word): void {
  word.high = high;
  word.low = low;
}

function add(word: Word, high: number, low: number): void {
  const sum = (word.low >>> 0) + (low >>> 0);
  word.high = (word.high + high + (sum >= TWO_32 ? 1 : 0)) | 0;
  word.low = sum | 0;
}

/** The lowest 64 bits of the product. */
function multiply(word: Word, by: Word): void {
  const { high, low } = word;
  const a0 = low & 0xffff;
  const a1 = low >>> 16;
  const b0 = by.low & 0xffff;
  const b1 = by.low >>> 16;
  const lowest = a0 * b0;
  const middle = a1 * b0 + (lowest >>> 16);
  const carried = a0 * b1 + (middle % 0x10000);
  const upper = a1 * b1 + Math.floor(middle / 0x10000) + Math.floor(carried / 0x10000);
  word.low = Math.imul(low, by.low);
  word.high = (upper + Math.imul(high, by.low) + Math.imul(low, by.high)) | 0;
}

/** Rotates to the left by less than 32 bits. */
function rotate(word: Word, bits: number): void {
  const { high, low } = word;
  word.high = (high << bits) | (low >>> (32 - bits));
  word.low = (low << bits) | (high >>> (32 - bits));
}

function swap(value: number): number {
  return (
    ((value & 0xff) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | ((value >>> 24) & 0xff)
  );
}
