import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planSecrets } from './plan.ts';
import type { Wanted } from './wanted.ts';

const WANTED: Wanted = {
  labels: { app: 'culvert' },
  annotations: {},
  secrets: [
    { name: 'nats', fixed: { 'nats-user': 'culvert' }, random: ['nats-password'] },
    { name: 'graphql', fixed: {}, random: ['token'] },
  ],
};

function counting(): () => string {
  let count = 0;
  return () => `random-${++count}`;
}

test('a Secret that is missing is made, each value with a random text of its own', () => {
  const plan = planSecrets(WANTED, new Map(), counting());

  assert.deepEqual(plan.make, [
    {
      name: 'nats',
      labels: { app: 'culvert' },
      values: { 'nats-user': 'culvert', 'nats-password': 'random-1' },
    },
    { name: 'graphql', labels: { app: 'culvert' }, values: { token: 'random-2' } },
  ]);
  assert.deepEqual(plan.problems, []);
});

test('a Secret that exists is kept, even if its values were somebody else’s', () => {
  const plan = planSecrets(WANTED, new Map([['nats', ['nats-user', 'nats-password', 'more']]]), counting());

  assert.deepEqual(plan.keep, ['nats']);
  assert.deepEqual(
    plan.make.map(({ name }) => name),
    ['graphql'],
  );
});

test('a Secret that lacks a key is a problem and is left alone', () => {
  const plan = planSecrets(WANTED, new Map([['nats', ['nats-user']]]), counting());

  assert.match(plan.problems[0] ?? '', /Secret nats exists, but without nats-password/);
  assert.deepEqual(
    plan.make.map(({ name }) => name),
    ['graphql'],
  );
});
