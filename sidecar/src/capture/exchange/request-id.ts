/**
 * Request ids in the form that the hot path uses: four 32-bit words, written out as text only into the batch.
 * Same layout as `@culvert/traffic/request-id` (UUIDv7, RFC 9562 §5.7, sub-millisecond fraction after the version).
 */
export interface RequestIdWords {
  id0: number;
  id1: number;
  id2: number;
  id3: number;
}

/** Length of a request id as text. */
export const REQUEST_ID_LENGTH = 36;

const POOL_WORDS = 1024;
const TWO_32 = 2 ** 32;
const TICKS_PER_MS = 4096;
const pool = new Uint32Array(POOL_WORDS);
let used = POOL_WORDS;
/** Ticks of the last id, each 1/4096 ms. */
let lastTicks = 0;

const HEX_PAIRS = new Uint16Array(256);
for (let byte = 0; byte < 256; byte++) {
  const text = byte.toString(16).padStart(2, '0');
  HEX_PAIRS[byte] = (text.charCodeAt(0) << 8) | text.charCodeAt(1);
}

/**
 * Gives an exchange its id.
 *
 * @param target receives the words
 * @param unixMs when the request's first byte arrived, Unix milliseconds with fraction
 */
export function mintRequestId(target: RequestIdWords, unixMs: number): void {
  if (used === POOL_WORDS) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  let ticks = Math.floor(unixMs * TICKS_PER_MS);
  // Requests that arrived in one chunk have one time: the next tick keeps their order (RFC 9562 §6.2).
  if (ticks <= lastTicks && lastTicks - ticks < TICKS_PER_MS) ticks = lastTicks + 1;
  lastTicks = ticks;
  const whole = Math.floor(ticks / TICKS_PER_MS);
  const fraction = ticks % TICKS_PER_MS;
  // 48 bits of time: the upper 32 fill the first word, the lower 16 share the second with version and fraction.
  const upper = Math.floor(whole / 0x10000);
  target.id0 = (upper % TWO_32) | 0;
  target.id1 = ((whole % 0x10000) << 16) | 0x7000 | fraction;
  target.id2 = 0x80000000 | ((pool[used] as number) & 0x3fffffff);
  target.id3 = (pool[used + 1] as number) | 0;
  used += 2;
}

/**
 * Writes an id as 36 ASCII bytes.
 *
 * @returns the offset behind it
 */
export function writeRequestId(buffer: Uint8Array, offset: number, id: RequestIdWords): number {
  let p = writeByte(buffer, offset, id.id0 >>> 24);
  p = writeByte(buffer, p, id.id0 >>> 16);
  p = writeByte(buffer, p, id.id0 >>> 8);
  p = writeByte(buffer, p, id.id0);
  buffer[p++] = 0x2d;
  p = writeByte(buffer, p, id.id1 >>> 24);
  p = writeByte(buffer, p, id.id1 >>> 16);
  buffer[p++] = 0x2d;
  p = writeByte(buffer, p, id.id1 >>> 8);
  p = writeByte(buffer, p, id.id1);
  buffer[p++] = 0x2d;
  p = writeByte(buffer, p, id.id2 >>> 24);
  p = writeByte(buffer, p, id.id2 >>> 16);
  buffer[p++] = 0x2d;
  p = writeByte(buffer, p, id.id2 >>> 8);
  p = writeByte(buffer, p, id.id2);
  p = writeByte(buffer, p, id.id3 >>> 24);
  p = writeByte(buffer, p, id.id3 >>> 16);
  p = writeByte(buffer, p, id.id3 >>> 8);
  return writeByte(buffer, p, id.id3);
}

function writeByte(buffer: Uint8Array, p: number, value: number): number {
  const pair = HEX_PAIRS[value & 0xff] as number;
  buffer[p] = pair >>> 8;
  buffer[p + 1] = pair & 0xff;
  return p + 2;
}
