import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manualTimers } from '../testing/timers.ts';
import { createWorkQueue } from './work-queue.ts';

const RETRY = { firstMs: 100, maxMs: 1_000 };

/** Work that ends when the test says so. */
function heldWork(): {
  readonly begun: string[];
  readonly work: (key: string) => Promise<void>;
  readonly finish: (error?: Error) => Promise<void>;
} {
  const begun: string[] = [];
  const ends: ((error?: Error) => void)[] = [];
  return {
    begun,
    work: (key) => {
      begun.push(key);
      return new Promise((resolve, reject) => {
        ends.push((error) => {
          if (error === undefined) resolve();
          else reject(error);
        });
      });
    },
    async finish(error) {
      ends.shift()?.(error);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

test('a key that is added many times while it waits is worked on once', async () => {
  const held = heldWork();
  const queue = createWorkQueue({ timers: manualTimers(), workers: 1, retry: RETRY, work: held.work });

  queue.add('busy');
  for (let i = 0; i < 100; i++) queue.add('storm');
  await held.finish();
  await held.finish();

  assert.deepEqual(held.begun, ['busy', 'storm']);
  assert.equal(queue.depth, 0);
});

test('a key that is added while it is worked on comes again afterwards, never at once', async () => {
  const held = heldWork();
  const queue = createWorkQueue({ timers: manualTimers(), workers: 8, retry: RETRY, work: held.work });

  queue.add('a');
  queue.add('a');
  assert.deepEqual(held.begun, ['a']);
  await held.finish();
  assert.deepEqual(held.begun, ['a', 'a']);
  await held.finish();

  assert.equal(queue.active, 0);
});

test('no more keys are worked on at once than there are workers', async () => {
  const held = heldWork();
  const queue = createWorkQueue({ timers: manualTimers(), workers: 2, retry: RETRY, work: held.work });

  for (const key of ['a', 'b', 'c']) queue.add(key);

  assert.deepEqual([held.begun, queue.active, queue.depth], [['a', 'b'], 2, 1]);
  await held.finish();
  assert.deepEqual(held.begun, ['a', 'b', 'c']);
});

test('a key that fails comes again after a delay that doubles up to its bound, and success forgets it', async () => {
  const timers = manualTimers();
  const held = heldWork();
  const delays: number[] = [];
  const queue = createWorkQueue({
    timers,
    workers: 1,
    retry: RETRY,
    work: held.work,
    onFailure: (_key, _error, _attempt, delayMs) => delays.push(delayMs),
  });

  queue.add('a');
  for (let i = 0; i < 6; i++) {
    await held.finish(new Error('no'));
    timers.advance(delays.at(-1) ?? 0);
  }
  await held.finish();
  queue.add('a');
  await held.finish(new Error('no'));

  assert.deepEqual(delays, [100, 200, 400, 800, 1_000, 1_000, 100]);
  assert.equal(queue.retries, 7);
});

test('of several delays for one key the earliest holds', () => {
  const timers = manualTimers();
  const held = heldWork();
  const queue = createWorkQueue({ timers, workers: 1, retry: RETRY, work: held.work });

  queue.addAfter('a', 500);
  queue.addAfter('a', 200);
  queue.addAfter('a', 900);
  timers.advance(199);
  assert.deepEqual(held.begun, []);
  timers.advance(1);

  assert.deepEqual(held.begun, ['a']);
  assert.equal(queue.delayed, 0);
});

test('stopping waits for what is worked on and takes no more', async () => {
  const timers = manualTimers();
  const held = heldWork();
  const queue = createWorkQueue({ timers, workers: 1, retry: RETRY, work: held.work });
  queue.add('a');
  queue.addAfter('late', 100);

  let ended = false;
  const stopping = queue.stop().then(() => {
    ended = true;
  });
  queue.add('b');
  timers.advance(100);
  assert.equal(ended, false);
  await held.finish();
  await stopping;

  assert.deepEqual(held.begun, ['a']);
});
