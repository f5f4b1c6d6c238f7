import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shutDown } from './lifecycle.ts';
import { createLogger } from './log.ts';

const log = createLogger('test', 'fatal');

test('steps run in their order, one after the other', async () => {
  const seen: string[] = [];
  const step = (name: string) => ({
    name,
    timeoutMs: 1_000,
    run: async () => {
      seen.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(`${name} ends`);
    },
  });
  const clean = await shutDown([step('a'), step('b')], log);
  assert.equal(clean, true);
  assert.deepEqual(seen, ['a begins', 'a ends', 'b begins', 'b ends']);
});

test('S5-41: a step that takes too long or fails does not keep the later ones from running', async () => {
  const seen: string[] = [];
  const clean = await shutDown(
    [
      { name: 'stuck', timeoutMs: 1, run: () => new Promise<never>(() => undefined) },
      { name: 'broken', timeoutMs: 1_000, run: () => Promise.reject(new Error('no')) },
      { name: 'last', timeoutMs: 1_000, run: () => void seen.push('last') },
    ],
    log,
  );
  assert.equal(clean, false);
  assert.deepEqual(seen, ['last']);
});
