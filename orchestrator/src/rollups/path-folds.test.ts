import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPathFolds, learnFolds } from './path-folds.ts';

const OWNER = { cluster: 'local', namespace: 'shop', workload: 'cart' };
const words = (count: number): string[] =>
  Array.from({ length: count }, (_, n) => String.fromCharCode(97 + (n % 26), 97 + Math.floor(n / 26)));

test('a position with more words than allowed is learned, and one with as many is not', () => {
  const users = words(5).map((word) => `/users/${word}/orders`);
  const items = words(4).map((word) => `/items/${word}`);

  assert.deepEqual(learnFolds([...users, ...items], 4), ['/users']);
  assert.deepEqual(learnFolds([...users, ...items], 5), []);
});

test('of crowded positions below one another the outermost is learned first', () => {
  const templates = words(5).flatMap((outer) => words(5).map((inner) => `/users/${outer}/${inner}`));

  assert.deepEqual(learnFolds(templates, 4), ['/users']);
  assert.deepEqual(
    learnFolds(
      templates.map((template) => template.replace(/^\/users\/\w+/, '/users/{value}')),
      4,
    ),
    ['/users/{value}'],
  );
});

test('placeholders and the sign for the rest are no words', () => {
  const templates = ['/a/{number}', '/a/{uuid}', '/a/{date}.pdf', '/a/**', '/a/', '/a/b'];

  assert.deepEqual(learnFolds(templates, 1), []);
});

test('what is learned of an owner folds its words there, and for nobody else', () => {
  const folds = createPathFolds();
  folds.add({ ...OWNER, prefix: '/users' });
  folds.add({ ...OWNER, prefix: '/users/{value}/tags' });
  folds.add({ ...OWNER, prefix: '' });

  assert.equal(folds.apply(OWNER, '/users/anna/tags/red'), '/{value}/anna/tags/red');
  assert.equal(folds.apply({ ...OWNER, workload: 'api' }, '/users/anna'), '/users/anna');
});

test('a fold below another one applies to what that one has folded', () => {
  const folds = createPathFolds();
  folds.add({ ...OWNER, prefix: '/users' });
  folds.add({ ...OWNER, prefix: '/users/{value}/tags' });

  assert.equal(folds.apply(OWNER, '/users/anna/tags/red/x'), '/users/{value}/tags/{value}/x');
  assert.equal(folds.apply(OWNER, '/users/{number}/tags/red'), '/users/{number}/tags/red');
  assert.equal(folds.apply(OWNER, '/users'), '/users');
});
