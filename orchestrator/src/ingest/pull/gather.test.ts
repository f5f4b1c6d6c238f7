import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGatherer } from './gather.ts';

const LIMITS = { weight: 10, bytes: 1_000, waitMs: 60_000 };

async function* from(...messages: number[]): AsyncGenerator<number, void> {
  yield* messages;
}

const weigh = (message: number): { weight: number; bytes: number } => ({ weight: message, bytes: message });

test('a set ends when it is heavy enough, and the next one goes on behind it', async () => {
  const gatherer = createGatherer(from(4, 4, 4, 1, 20, 3), LIMITS, weigh);

  assert.deepEqual(await gatherer.next(), [4, 4, 4]);
  assert.deepEqual(await gatherer.next(), [1, 20]);
  assert.deepEqual(await gatherer.next(), [3]);
  assert.deepEqual(await gatherer.next(), []);
});

test('a set ends when it has enough bytes', async () => {
  const gatherer = createGatherer(from(1, 1, 1), { ...LIMITS, bytes: 2 }, weigh);

  assert.deepEqual(await gatherer.next(), [1, 1]);
});

test('a set that waits for more ends when its time is up, and nothing is lost', async () => {
  const late = Promise.withResolvers<number>();
  async function* slow(): AsyncGenerator<number, void> {
    yield 1;
    yield await late.promise;
  }
  const gatherer = createGatherer(slow(), { ...LIMITS, waitMs: 5 }, weigh);

  const first = await gatherer.next();
  late.resolve(2);

  assert.deepEqual(first, [1]);
  assert.deepEqual(await gatherer.next(), [2]);
});

test('when the source fails, what was gathered comes first and the failure after it', async () => {
  async function* failing(): AsyncGenerator<number, void> {
    yield 1;
    throw new Error('gone');
  }
  const gatherer = createGatherer(failing(), LIMITS, weigh);

  assert.deepEqual(await gatherer.next(), [1]);
  await assert.rejects(gatherer.next(), /gone/);
  assert.deepEqual(await gatherer.next(), []);
});

test('a failure while nobody waits is told to who asks next', async () => {
  const failure = Promise.withResolvers<number>();
  async function* failing(): AsyncGenerator<number, void> {
    yield 1;
    yield await failure.promise;
  }
  const gatherer = createGatherer(failing(), { ...LIMITS, waitMs: 5 }, weigh);
  await gatherer.next();

  failure.reject(new Error('gone'));
  await new Promise((resolve) => setImmediate(resolve));

  await assert.rejects(gatherer.next(), /gone/);
});
