/**
 * Request ids are UUIDv7 (RFC 9562 §5.7): primary key, partition key and cursor at once.
 *
 * The 12 bits after the milliseconds hold the fraction of the millisecond (§6.2, method 3), so ids minted by one
 * agent sort by arrival far below a millisecond; the remaining 62 bits are random.
 */

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const POOL_BYTES = 8 * 512;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Fills a buffer with random bytes; `crypto.getRandomValues` outside tests. */
export type RandomSource = (target: Uint8Array<ArrayBuffer>) => unknown;

/**
 * Makes a minter of request ids.
 *
 * @param random where the 62 random bits of each id come from
 * @returns a function from Unix time in milliseconds, fraction included, to an id of 36 lower-case characters
 */
export function createRequestIdMinter(
  random: RandomSource = (target) => crypto.getRandomValues(target),
): (unixMs: number) => string {
  const pool = new Uint8Array(POOL_BYTES);
  let used = POOL_BYTES;
  return (unixMs) => {
    if (used === POOL_BYTES) {
      random(pool);
      used = 0;
    }
    const p = used;
    used += 8;
    const whole = Math.floor(unixMs);
    const high = Math.floor(whole / 0x10000);
    const low = whole % 0x10000;
    const fraction = Math.floor((unixMs - whole) * 4096);
    return (
      hex(high >>> 24) +
      hex(high >>> 16) +
      hex(high >>> 8) +
      hex(high) +
      '-' +
      hex(low >>> 8) +
      hex(low) +
      '-' +
      hex(0x70 | (fraction >>> 8)) +
      hex(fraction) +
      '-' +
      hex(0x80 | (byteAt(pool, p) & 0x3f)) +
      hex(byteAt(pool, p + 1)) +
      '-' +
      hex(byteAt(pool, p + 2)) +
      hex(byteAt(pool, p + 3)) +
      hex(byteAt(pool, p + 4)) +
      hex(byteAt(pool, p + 5)) +
      hex(byteAt(pool, p + 6)) +
      hex(byteAt(pool, p + 7))
    );
  };
}

/**
 * The time inside a UUIDv7.
 *
 * @returns whole milliseconds since 1970, or undefined when the text is no UUID of version 7
 */
export function requestIdTime(id: string): number | undefined {
  return isUuid(id) && id[14] === '7' ? leadingTime(id) : undefined;
}

/** The Unix time in milliseconds that an id or a bound of ids begins with, whatever its version; canonical text only. */
export function leadingTime(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

/** The smallest UUIDv7 of a millisecond: the bound of a partition or of a time range. */
export function lowestRequestId(unixMs: number): string {
  const hexTime = Math.floor(unixMs).toString(16).padStart(12, '0');
  return `${hexTime.slice(0, 8)}-${hexTime.slice(8)}-0000-0000-000000000000`;
}

/** Whether a text is a UUID of any version in canonical lower case. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

function hex(value: number): string {
  return HEX[value & 0xff] as string;
}

function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index] as number;
}
