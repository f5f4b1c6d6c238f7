/** A source of choices that makes the same ones each time for one seed. */
export interface Random {
  /** A whole number from 0 to below `bound`. */
  below(bound: number): number;
  pick<T>(items: readonly T[]): T;
  /** Some of the items, in their order. */
  some<T>(items: readonly T[]): readonly T[];
  shuffle<T>(items: readonly T[]): readonly T[];
}

/** @param seed a whole number (xorshift with 32 bits) */
export function createRandom(seed: number): Random {
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  const below = (bound: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % bound;
  };
  return {
    below,
    pick: (items) => items[below(items.length)]!,
    some: (items) => items.filter(() => below(2) === 0),
    shuffle: (items) =>
      items
        .map((item) => ({ item, order: below(1 << 30) }))
        .sort((a, b) => a.order - b.order)
        .map(({ item }) => item),
  };
}
