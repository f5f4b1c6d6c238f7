import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBoundedQueue, type QueueOptions } from './bounded-queue.ts';

/** A queue of numbers, each of which takes as many bytes as it says. */
function queue(values: number, more: Partial<QueueOptions<number>> = {}) {
  const counts = { dropped: 0, ended: 0 };
  const created = createBoundedQueue<number>({
    most: { values, bytes: 100 },
    weigh: (value) => value,
    onDropped: () => counts.dropped++,
    onEnded: () => counts.ended++,
    ...more,
  });
  return { values: created, counts };
}

async function rest(values: AsyncIterable<number>): Promise<number[]> {
  const left = [];
  for await (const value of values) left.push(value);
  return left;
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

  assert.deepEqual(await rest(values), [3, 4]);
  assert.equal(counts.dropped, 2);
});

test('what the values take in memory is bounded too, but one of them always has room', async () => {
  const { values, counts } = queue(10);
  for (const value of [60, 30, 20, 50, 1]) values.push(value);
  const [first, second] = [values.poll(), values.poll()];
  for (const value of [40, 101]) values.push(value);
  values.end();

  assert.deepEqual([first, second], [20, 50]);
  assert.deepEqual(await rest(values), [101]);
  assert.equal(counts.dropped, 4);
});

test('one value stands for those that went, before the ones that are left', async () => {
  const { values } = queue(2, { instead: (dropped, stub = 1_000) => stub + dropped });
  for (const value of [1, 2, 3, 4]) values.push(value);
  const stub = await values.next();
  for (const value of [5]) values.push(value);
  values.end();

  assert.equal(stub.value, 1_003);
  assert.deepEqual(await rest(values), [1_003, 4, 5]);
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
