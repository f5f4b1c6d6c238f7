import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStore, type Kept } from './store.ts';

interface Item extends Kept {
  readonly value?: number;
}

function item(namespace: string, name: string, value = 0): Item {
  return { metadata: { namespace, name }, value };
}

test('objects are found by namespace and name, and namespaces without any are forgotten', () => {
  const store = createStore<Item>();

  store.set(item('a', 'one'));
  store.set(item('b', 'one'));
  store.delete('b', 'one');

  assert.equal(store.get('a', 'one')?.metadata.name, 'one');
  assert.deepEqual([store.size, store.namespaces(), store.inNamespace('b')], [1, ['a'], []]);
});

test('listeners hear of what came, changed and went, and of nothing that stayed the same', () => {
  const store = createStore<Item>();
  const heard: string[] = [];
  store.onChange((after, before) => {
    heard.push(`${before?.value ?? '-'} ${after?.value ?? '-'}`);
  });

  store.set(item('a', 'one', 1));
  store.set(item('a', 'one', 1));
  store.set(item('a', 'one', 2));
  store.delete('a', 'one');
  store.delete('a', 'one');

  assert.deepEqual(heard, ['- 1', '1 2', '2 -']);
});

test('a list replaces what was known: what it lacks has gone while nobody watched', () => {
  const store = createStore<Item>();
  store.replace([item('a', 'one', 1), item('a', 'two', 2)]);
  const heard: string[] = [];
  store.onChange((after, before) => {
    heard.push(`${(after ?? before)?.metadata.name ?? ''} ${after?.value ?? 'gone'}`);
  });

  store.replace([item('a', 'two', 3), item('b', 'three', 4)]);

  assert.deepEqual(heard, ['one gone', 'two 3', 'three 4']);
  assert.equal(store.synced, true);
});

test('only significant changes are told of, and the newest object is kept all the same', () => {
  const store = createStore<Item>(({ metadata }) => metadata.generation);
  let heard = 0;
  store.onChange(() => heard++);

  store.set({ metadata: { name: 'one', generation: 1 }, value: 1 });
  store.set({ metadata: { name: 'one', generation: 1 }, value: 2 });

  assert.deepEqual([heard, store.get('', 'one')?.value], [1, 2]);
});
