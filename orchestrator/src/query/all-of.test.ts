import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allOf } from './all-of.ts';

const isCause = (error: unknown): boolean => (error as Error).message === 'cause';

test('what all have read comes in their order', async () => {
  const late = Promise.withResolvers<number>();
  const all = allOf([late.promise, Promise.resolve(2)], isCause);
  late.resolve(1);

  assert.deepEqual(await all, [1, 2]);
});

test('an error is told when all have ended, and the cause before what followed from it', async () => {
  const late = Promise.withResolvers<number>();
  let ended = false;
  const all = allOf([Promise.reject(new Error('consequence')), late.promise], isCause).finally(() => {
    ended = true;
  });
  const rejected = assert.rejects(all, { message: 'cause' });
  await new Promise((resolve) => setImmediate(resolve));

  assert.equal(ended, false);
  late.reject(new Error('cause'));
  await rejected;
  await assert.rejects(allOf([Promise.resolve(1), Promise.reject(new Error('other'))], isCause), {
    message: 'other',
  });
});
