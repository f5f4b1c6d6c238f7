import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCatalog, type Catalog } from './catalog.ts';
import { readPolicyFile } from './read-file.ts';

function put(catalog: Catalog, file: string, ...names: readonly string[]): void {
  const documents = names.map(
    (name) =>
      `apiVersion: culvert.dev/v1alpha1\nkind: CapturePolicy\nmetadata: { name: ${name}, namespace: shop }\nspec: {}\n`,
  );
  catalog.set(file, readPolicyFile(file, documents.join('---\n')));
}

function namesIn(catalog: Catalog): readonly string[] {
  return catalog.policies().map(({ metadata }) => metadata.name);
}

test('policies hold in the order of their files', () => {
  const catalog = createCatalog();

  put(catalog, 'b.yaml', 'till');
  put(catalog, 'a.yaml', 'cart', 'menu');

  assert.deepEqual(namesIn(catalog), ['cart', 'menu', 'till']);
});

test('a file with a mistake holds as it was before, as a whole', () => {
  const catalog = createCatalog();
  put(catalog, 'a.yaml', 'cart');

  put(catalog, 'a.yaml', 'menu', 'NOT A NAME');

  assert.deepEqual(namesIn(catalog), ['cart']);
  assert.equal(catalog.broken, 1);
  assert.deepEqual(catalog.neverGood(), []);
  put(catalog, 'a.yaml', 'menu');
  assert.deepEqual(namesIn(catalog), ['menu']);
  assert.equal(catalog.broken, 0);
});

test('a file that never was without mistakes is known as such until it is gone', () => {
  const catalog = createCatalog();

  put(catalog, 'a.yaml', 'NOT A NAME');

  assert.deepEqual(catalog.neverGood(), ['a.yaml']);
  catalog.remove('a.yaml');
  assert.deepEqual(catalog.neverGood(), []);
});

test('a policy that stands in two files holds as in the first one, and the second is told so', () => {
  const catalog = createCatalog();

  put(catalog, 'b.yaml', 'cart');
  put(catalog, 'a.yaml', 'cart');

  assert.equal(catalog.policies().length, 1);
  assert.equal(catalog.repeated()[0]?.file, 'b.yaml');
  assert.match(catalog.repeated()[0]?.sentence ?? '', /shop\/cart is in a\.yaml already/);
});

test('what a file said goes with it', () => {
  const catalog = createCatalog();
  put(catalog, 'a.yaml', 'cart');

  catalog.remove('a.yaml');

  assert.deepEqual(namesIn(catalog), []);
  assert.equal(catalog.files, 0);
});
