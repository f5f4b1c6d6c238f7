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
