import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStore } from '../watch/store.ts';
import { trimPolicy, type KeptPolicy } from '../watch/trim-policy.ts';
import { createPolicyBook, sortOut } from './policy-book.ts';

function policy(uid: string, generation: number, spec: object): KeptPolicy {
  const metadata = {
    name: 'all',
    namespace: 'shop',
    uid,
    generation,
    creationTimestamp: '2026-01-01T00:00:00Z',
  };
  return trimPolicy({ metadata, spec } as never);
}

test('a policy that became invalid is unreadable: what it was before does not count', () => {
  const book = createPolicyBook(createStore<KeptPolicy>());
  book.judge(policy('u', 1, { rolloutPolicy: 'Manual' }));

  const judged = book.judge(policy('u', 2, { rolloutPolicy: 'Sometimes' }));

  assert.notEqual(judged.problems.length, 0);
  assert.equal(judged.inForce, undefined);
  assert.deepEqual(judged.unreadable?.selector, {});
});

test('of a policy with a field of a later release only the selector is known, unless that has one, too', () => {
  const book = createPolicyBook(createStore<KeptPolicy>());
  const selector = { matchLabels: { app: 'cart' } };

  const ahead = book.judge(policy('a', 1, { selector, redaction: { jsonPaths: ['$.card'] } }));
  const further = book.judge(policy('b', 1, { selector: { ...selector, matchFields: { node: 'a' } } }));

  assert.match(ahead.problems.join(), /jsonPaths/);
  assert.deepEqual(sortOut([ahead, further]), {
    policies: [],
    unreadable: [ahead.unreadable, further.unreadable],
  });
  assert.deepEqual(ahead.unreadable?.selector, selector);
  assert.equal(further.unreadable?.selector, undefined);
});

test('policies that are deleted, or deleted and made anew, are forgotten', () => {
  const store = createStore<KeptPolicy>();
  const book = createPolicyBook(store);
  for (const uid of ['first', 'second', 'third']) {
    const kept = policy(uid, 1, {});
    store.set(kept);
    book.judge(kept);
  }

  const before = book.size;
  store.delete('shop', 'all');

  assert.equal(before, 1);
  assert.equal(book.size, 0);
});
