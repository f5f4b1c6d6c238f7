import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { Placeholders } from './placeholders.ts';

function of(placeholders: Placeholders, value: string): string {
  const bytes = Buffer.from(`<${value}>`);
  return Buffer.from(placeholders.of(bytes, 1, bytes.length - 1)).toString();
}

test('a placeholder is the beginning of the HMAC of the value, for keys of any length', () => {
  for (const key of [Buffer.alloc(1, 1), Buffer.alloc(32, 2), Buffer.alloc(64, 3), Buffer.alloc(200, 4)]) {
    const placeholders = new Placeholders();
    placeholders.useKey(key);
    for (const value of ['', 'secret', 'x'.repeat(5_000)]) {
      const digest = createHmac('sha256', key).update(value).digest('hex');
      assert.equal(of(placeholders, value), `redacted:${digest.slice(0, 16)}`);
    }
  }
});

test('equal values are equal within one key only, and the first key is random', () => {
  const [one, other] = [new Placeholders(), new Placeholders()];
  assert.equal(of(one, 'a'), of(one, 'a'));
  assert.notEqual(of(one, 'a'), of(one, 'b'));
  assert.notEqual(of(one, 'a'), of(other, 'a'));
  for (const placeholders of [one, other]) placeholders.useKey(Buffer.from('shared'));
  assert.equal(of(one, 'a'), of(other, 'a'));
});
