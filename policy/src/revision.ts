/** The prime of FNV-1a with 64 bits is 2⁴⁰ + 0x1b3. */
const PRIME_LOW = 0x1b3;
const ENCODER = new TextEncoder();

/**
 * 16 hex digits that are equal for equal values, whatever the order of their keys. They tell versions apart; they are no
 * protection against people who look for two values with the same digits.
 */
export function revisionOf(value: unknown): string {
  return hashText(canonicalJson(value));
}

/** JSON with sorted keys and without what is undefined. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** FNV-1a with 64 bits over UTF-8, as 16 hex digits. */
export function hashText(text: string): string {
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  for (const byte of ENCODER.encode(text)) {
    low = (low ^ byte) >>> 0;
    const product = low * PRIME_LOW;
    high = (high * PRIME_LOW + low * 2 ** 8 + Math.floor(product / 2 ** 32)) % 2 ** 32;
    low = product % 2 ** 32;
  }
  return [high, low].map((half) => half.toString(16).padStart(8, '0')).join('');
}
