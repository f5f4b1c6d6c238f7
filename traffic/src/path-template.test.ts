import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PATH_TEMPLATE_BYTES, pathTemplate, writePathTemplate } from './path-template.ts';

const EXAMPLES: readonly (readonly [string, string])[] = [
  ['/', '/'],
  ['', ''],
  ['*', '*'],
  ['/users', '/users'],
  ['/users/', '/users/'],
  ['/users/42', '/users/{number}'],
  ['/users/42/orders/7?page=2', '/users/{number}/orders/{number}'],
  ['/users?id=42', '/users'],
  ['/users#42', '/users'],
  ['/cart;jsessionid=A1B2C3D4/items', '/cart/items'],
  ['/carts/0198c9f2-7c1e-7abc-8def-001122334455', '/carts/{uuid}'],
  ['/carts/0198C9F2-7C1E-7ABC-8DEF-001122334455/items', '/carts/{uuid}/items'],
  ['/commits/9f86d08', '/commits/{hash}'],
  ['/blobs/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', '/blobs/{hash}'],
  ['/reports/2026-01-31', '/reports/{date}'],
  ['/reports/2026-01-31T10:00:00Z/lines', '/reports/{date}/lines'],
  ['/orders/order-12345', '/orders/{id}'],
  ['/keys/AKIAIOSFODNN7EXAMPL3Z9', '/keys/{id}'],
  ['/ulids/01ARZ3NDEKTSV4RRFFQ69G5FAV', '/ulids/{id}'],
  ['/mail/anna@example.org', '/mail/{email}'],
  ['/search/caf%C3%A9', '/search/{text}'],
  ['/search/café', '/search/{text}'],
  ['/avatars/12345.png', '/avatars/{number}.png'],
  ['/assets/main.3f9a8c7b.js', '/assets/{id}.js'],
  ['/tokens/abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ', '/tokens/{token}'],
  ['/a//b', '/a//b'],
];

const KEPT = [
  '/api/v1/pods',
  '/oauth2/authorize',
  '/ipv4/http2',
  '/v2beta1/deadbeat',
  '/facade/cafe',
  '/@me/x',
];

test('values become what they are, and queries and parameters are dropped', () => {
  for (const [path, template] of EXAMPLES) assert.equal(pathTemplate(path), template, path);
});

test('words with a digit or with letters of hexadecimal numbers stay', () => {
  for (const path of KEPT) assert.equal(pathTemplate(path), path);
});

test('what looks like a placeholder in a path is a text, so that nobody can send placeholders', () => {
  assert.equal(pathTemplate('/users/{number}/{anything}'), '/users/{text}/{text}');
});

test('only letters and digits make an extension, so that none brings in a placeholder or foreign bytes', () => {
  for (const path of ['/a.b{id}', '/a.bé', '/a.b%0', '/a.b c', '/a.b\0'])
    assert.equal(pathTemplate(path), '/{text}', path);
  assert.equal(pathTemplate('/12345.b-c'), '/{id}');
});

test('a deep or long path ends in a sign for the rest', () => {
  const deep = pathTemplate('/a'.repeat(40));
  const long = pathTemplate(`/${'some-words-of-a-path/'.repeat(400)}`);

  assert.equal(deep, `${'/a'.repeat(12)}/**`);
  assert.match(long, /^(\/some-words-of-a-path)+\/\*\*$/);
  assert.ok(long.length <= PATH_TEMPLATE_BYTES);
});

test('whatever a path holds, its template is bounded printable ASCII', () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff;
    return seed % below;
  };
  const target = new Uint8Array(PATH_TEMPLATE_BYTES + 8);
  for (let round = 0; round < 5_000; round++) {
    const path = Uint8Array.from({ length: random(400) }, () => (random(6) === 0 ? 0x2f : random(256)));

    const end = writePathTemplate(path, 0, path.length, target, 8);

    assert.ok(end <= target.length);
    assert.ok(target.subarray(8, end).every((byte) => byte > 0x20 && byte < 0x7f));
  }
});
