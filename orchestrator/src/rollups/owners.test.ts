import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOwnerBounds, OTHERS } from './owners.ts';

const LIMITS = { namespaces: 3, workloadsOfNamespace: 4, templatesOfNamespace: 10, templatesOfOwner: 5 };
const owner = (workload: string, namespace = 'shop') => ({ cluster: 'local', namespace, workload });

test('workloads beyond a number are one, those that were first stay apart, and other namespaces have room of their own', () => {
  const bounds = createOwnerBounds(LIMITS);
  const names = Array.from({ length: 100 }, (_, index) => `Deployment/${index}`);

  const placed = names.map((name) => bounds.place(owner(name)).workload);

  assert.deepEqual(placed, [...names.slice(0, 4), ...Array.from({ length: 96 }, () => OTHERS)]);
  assert.deepEqual(bounds.place(owner('Deployment/3')), owner('Deployment/3'));
  assert.deepEqual(bounds.place(owner('Deployment/99', 'bank')), owner('Deployment/99', 'bank'));
});

test('namespaces beyond a number are one', () => {
  const bounds = createOwnerBounds(LIMITS);
  for (const namespace of ['a', 'b', 'c']) bounds.place(owner('w', namespace));

  assert.deepEqual(bounds.place(owner('w', 'd')), { cluster: OTHERS, namespace: OTHERS, workload: OTHERS });
  assert.deepEqual(bounds.place(owner('w', 'c')), owner('w', 'c'));
});

test('templates are bounded for each owner and for all owners of a namespace together', () => {
  const bounds = createOwnerBounds(LIMITS);
  const take = (name: string, count: number): number =>
    Array.from({ length: count }, (_, n) => bounds.takeTemplate(owner(name), `/${n}`)).filter(Boolean).length;

  assert.deepEqual([take('a', 9), take('b', 4), take('c', 9), take('d', 9)], [5, 4, 1, 0]);
  assert.equal(bounds.takeTemplate(owner('a'), '/1'), true, 'what is known stays');
  assert.deepEqual([...bounds.templates(owner('c'))], ['/0']);
});
