import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { createChildren, type Children } from './children.ts';
import { until } from './until.ts';

function newChildren(t: TestContext): Children {
  const directory = mkdtempSync(join(tmpdir(), 'culvert-bench-'));
  const children = createChildren(directory, process.env);
  t.after(async () => {
    await children.stopAll();
    rmSync(directory, { recursive: true });
  });
  return children;
}

test('a child runs on the core that it was given', async (t) => {
  const children = newChildren(t);

  const child = await children.start({ name: 'sleep', command: ['sleep', '60'], core: 'other' });

  await until('it is pinned', () =>
    /Cpus_allowed_list:\t0$/m.test(readFileSync(`/proc/${child.pid}/status`, 'utf8')),
  );
});

test('stopping all ends children and what was taken over, the youngest first', async (t) => {
  const children = newChildren(t);
  const child = await children.start({ name: 'sleep', command: ['sleep', '60'], core: 'any' });
  const order: string[] = [];
  void child.exited.then(() => order.push('child'));
  children.own({ stop: () => Promise.resolve(order.push('owned')) });

  await children.stopAll();

  assert.deepEqual(order, ['owned', 'child']);
  assert.equal(child.running, false);
});

test('nothing starts after the end', async (t) => {
  const children = newChildren(t);
  await children.close();
  let stopped = false;

  children.own({ stop: () => Promise.resolve((stopped = true)) });

  assert.equal(stopped, true);
  await assert.rejects(
    children.start({ name: 'sleep', command: ['sleep', '60'], core: 'any' }),
    /bench ends/,
  );
});
