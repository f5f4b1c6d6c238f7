import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBoundedQueue } from './bounded-queue.ts';

function queue(limit: number) {
  const counts = { dropped: 0, ended: 0 };
  const values = createBoundedQueue<number>(
    limit,
    () => counts.dropped++,
    () => counts.ended++,
  );
  return { values, counts };
}

test('a reader gets what comes in order, whether it or the value waits', async () => {
  const { values } = queue(10);
  values.push(1);
  values.push(2);

  const first = await values.next();
  const second = await values.next();
  const third = values.next();
  values.push(3);

  assert.deepEqual([first.value, second.value, (await third).value], [1, 2, 3]);
});

test('where there is no room the oldest values go, and are counted', async () => {
  const { values, counts } = queue(2);
  for (const value of [1, 2, 3, 4]) values.push(value);
  values.end();

  const left = [];
  for await (const value of values) left.push(value);

  assert.deepEqual(left, [3, 4]);
  assert.equal(counts.dropped, 2);
});

test('the end reaches a reader that waits, and nothing comes after it', async () => {
  const { values, counts } = queue(2);
  const waiting = values.next();

  values.end();
  values.push(1);
  values.end();

  assert.equal((await waiting).done, true);
  assert.equal((await values.next()).done, true);
  assert.equal(counts.ended, 1);
});

test('a reader that leaves ends the queue and frees what it held', async () => {
  const { values, counts } = queue(2);
  values.push(1);

  for await (const value of values) if (value === 1) break;
  values.push(2);

  assert.equal((await values.next()).done, true);
  assert.equal(counts.ended, 1);
});
