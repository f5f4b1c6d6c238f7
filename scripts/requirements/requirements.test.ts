import assert from 'node:assert/strict';
import { test } from 'node:test';
import { disagreements, withStatuses } from './compare.ts';
import { parseRequirements } from './table.ts';
import { numbersInTitle } from './titles.ts';

const PAGE = [
  '| number | behaviour | status |',
  '| --- | --- | --- |',
  '| S1-01 | Something works. | shown |',
  '| S1-02 | Something else works. | not yet |',
  '| S1-03 | A wish. | ruling: not wanted |',
].join('\n');

test('a title carries the numbers before its colon, one or several', () => {
  assert.deepEqual(numbersInTitle('S1-10: halves become one row'), ['S1-10']);
  assert.deepEqual(numbersInTitle('S1-10, S5-42 S1-04: all of it'), ['S1-10', 'S5-42', 'S1-04']);
  assert.deepEqual(numbersInTitle('what S1-10: says'), []);
});

test('a page and tests that say the same have no disagreement', () => {
  assert.deepEqual(disagreements(parseRequirements(PAGE), new Map([['S1-01', 'a.test.ts']])), []);
});

test('each way of disagreeing is told with its number', () => {
  const titled = new Map([
    ['S1-02', 'b.test.ts'],
    ['S1-03', 'c.test.ts'],
    ['S9-99', 'd.test.ts'],
  ]);
  const problems = disagreements(parseRequirements(PAGE), titled);
  assert.equal(problems.length, 4);
  assert.match(problems[0] ?? '', /^S1-01 is said to be shown/);
  assert.match(problems[1] ?? '', /^S1-02 is shown by b\.test\.ts, but its status is "not yet"/);
  assert.match(problems[2] ?? '', /^S1-03 is shown by c\.test\.ts, but its status is "ruling/);
  assert.match(problems[3] ?? '', /^d\.test\.ts names S9-99/);
});

test('statuses follow the tests, and rulings stay', () => {
  const statuses = parseRequirements(withStatuses(PAGE, new Set(['S1-02', 'S1-03'])));
  assert.deepEqual(
    statuses.map(({ status }) => status),
    ['not yet', 'shown', 'ruling: not wanted'],
  );
});
