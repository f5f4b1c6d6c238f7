import assert from 'node:assert/strict';
import test from 'node:test';
import { courseOf } from './watch.ts';

test('growth compares the last third to the middle third, whatever the start was like', () => {
  const samples = [90, 95, 50, 60, 50, 66].map((resident) => ({ resident, proportional: 1, private: 1 }));

  const course = courseOf(samples);

  assert.deepEqual(course, {
    largest: { resident: 95, proportional: 1, private: 1 },
    growth: 1.1,
    samples: 6,
  });
});
