/** Yields whole numbers from 0 up to `bound`, the same ones for the same seed. */
export type RandomNumbers = (bound: number) => number;

/** Mulberry32: small, and good enough to vary inputs. */
export function randomNumbers(seed: number): RandomNumbers {
  let state = seed | 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

/** Bytes that shells, printf or curl might take for something; each character stands for one byte. */
const TROUBLE = `=~!^#{}[]()<>|&;*?$\`"'\\%-@:, \t\n\r\u0001\u007f\u0080\u0081\u0088\u00c3\u00a9\u00e2\u00ff+0aZ`;

/** Up to `longest` bytes, most of them such ones, without those that are `excluded`. */
export function troublesomeBytes(random: RandomNumbers, longest: number, excluded: RegExp): string {
  const one = (): string =>
    random(3) > 0 ? (TROUBLE[random(TROUBLE.length)] ?? '') : String.fromCharCode(random(256));
  return Array.from({ length: random(longest + 1) }, one)
    .join('')
    .replace(excluded, '');
}
