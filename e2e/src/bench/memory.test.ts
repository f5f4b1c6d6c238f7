import assert from 'node:assert/strict';
import test from 'node:test';
import { largest, parseRollup } from './memory.ts';

test('a rollup is read into bytes', () => {
  const text = `55-7f ---p 00000000 00:00 0   [rollup]
Rss:               50000 kB
Pss:               30000 kB
Pss_Dirty:         20000 kB
Private_Clean:      4000 kB
Private_Dirty:     20000 kB
`;

  const sample = parseRollup(text);

  assert.deepEqual(sample, { resident: 51_200_000, proportional: 30_720_000, private: 24_576_000 });
});

test('the largest of each number may come from different samples', () => {
  const most = largest([
    { resident: 5, proportional: 1, private: 1 },
    { resident: 3, proportional: 2, private: 1 },
  ]);

  assert.deepEqual(most, { resident: 5, proportional: 2, private: 1 });
});
