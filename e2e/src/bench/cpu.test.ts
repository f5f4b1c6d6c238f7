import assert from 'node:assert/strict';
import test from 'node:test';
import { cpuMs } from './cpu.ts';

test('work done by a process shows in its CPU time', async () => {
  const before = await cpuMs(process.pid);
  const start = process.cpuUsage();
  while (process.cpuUsage(start).user < 100_000);

  const used = (await cpuMs(process.pid)) - before;

  assert.ok(used >= 80, `${used} ms`);
});
