import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cover, covers, missing, type Spans } from './spans.ts';

/** Numbers from 0 to 1, the same in each run. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

test('spans know exactly the numbers that were noted, in whatever order', () => {
  const random = createRandom(7);
  for (let round = 0; round < 200; round++) {
    const spans: Spans = [];
    const noted = new Set<number>();
    for (let step = 0; step < 30; step++) {
      const from = Math.floor(random() * 60);
      const to = from + 1 + Math.floor(random() * 8);
      const all = Array.from({ length: to - from }, (_, i) => from + i);
      const unseen = all.filter((number) => !noted.has(number)).length;

      assert.equal(missing(spans, from, to), unseen);
      assert.equal(covers(spans, from, to), unseen === 0);

      cover(spans, from, to);
      for (const number of all) noted.add(number);
      assert.equal(covers(spans, from, to), true);
      assert.ok(spans.every((bound, i) => i === 0 || bound > (spans[i - 1] as number)));
    }
    assert.equal(missing(spans, 0, 100), 100 - noted.size);
  }
});
