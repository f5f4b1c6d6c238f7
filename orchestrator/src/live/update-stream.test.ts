import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBoundedQueue } from './bounded-queue.ts';
import { isUpdateStream, mapUpdates } from './update-stream.ts';

test('values of a stream are changed as they are taken, whether awaited or asked for', async () => {
  let ended = 0;
  const queue = numbers(() => ended++);
  const texts = mapUpdates(queue, (value) => `<${value}>`);
  for (const value of [1, 2, 3]) queue.push(value);

  assert.deepEqual(await texts.next(), { done: false, value: '<1>' });
  assert.equal(texts.poll(), '<2>');
  assert.equal(texts.poll(), '<3>');
  assert.equal(texts.poll(), undefined);
  await texts.return();
  assert.equal((await texts.next()).done, true);
  assert.equal(ended, 1);
});

test('a stream that can be asked for what waits is told from one that can not', () => {
  const plain = (async function* () {
    yield await Promise.resolve(1);
  })();

  assert.equal(
    isUpdateStream(
      mapUpdates(
        numbers(() => undefined),
        String,
      ),
    ),
    true,
  );
  assert.equal(isUpdateStream(plain), false);
});

function numbers(onEnded: () => void) {
  return createBoundedQueue<number>({
    most: { values: 10, bytes: 10 },
    weigh: () => 1,
    onDropped: () => undefined,
    onEnded,
  });
}
