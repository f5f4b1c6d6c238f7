import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSharedMemory } from './shared-memory.ts';

test('an owner that says a lot pushes out its own and nothing of others', () => {
  const memory = createSharedMemory<number>(4);
  memory.set('quiet', 'a', 1);

  for (let index = 0; index < 100; index++) memory.set('loud', String(index), index);

  assert.equal(memory.size, 4);
  assert.equal(memory.get('quiet', 'a'), 1);
  assert.deepEqual([...memory.values()], [1, 97, 98, 99]);
});

test('a value that is set again is the newest of its owner, and equal names of others are others', () => {
  const memory = createSharedMemory<number>(3);
  memory.set('one', 'a', 1);
  memory.set('one', 'b', 2);
  memory.set('two', 'a', 3);

  memory.set('one', 'a', 4);
  memory.set('one', 'c', 5);

  assert.deepEqual(
    [memory.get('one', 'a'), memory.get('one', 'b'), memory.get('two', 'a')],
    [4, undefined, 3],
  );
  memory.delete('one', 'a');
  memory.delete('one', 'unknown');
  assert.deepEqual([memory.size, memory.get('one', 'a')], [2, undefined]);
});
