import assert from 'node:assert/strict';
import test from 'node:test';
import { rotated, sharedRatios } from './rounds.ts';

test('each round starts with the next one of the list', () => {
  assert.deepEqual(rotated(['a', 'b', 'c'], 0), ['a', 'b', 'c']);
  assert.deepEqual(rotated(['a', 'b', 'c'], 4), ['b', 'c', 'a']);
});

test('ratios are taken within one round', () => {
  const runs = [
    { peer: 'haproxy', round: 0, cost: 10 },
    { peer: 'sidecar', round: 0, cost: 15 },
    { peer: 'sidecar', round: 1, cost: 60 },
    { peer: 'haproxy', round: 1, cost: 40 },
  ] as const;

  const ratios = sharedRatios(runs, 'sidecar', (run) => run.cost);

  assert.deepEqual(ratios, [1.5, 1.5]);
});
