import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { createOperationMetrics } from './operation-metrics.ts';

test('however many names clients make up for operations, there is a bounded number of series', async () => {
  const registry = new Registry();
  const metrics = createOperationMetrics(registry);

  for (let i = 0; i < 1_000; i++) metrics.observe(`Made_up_${i}`, false, 1);
  metrics.observe('x'.repeat(10_000), false, 1);
  metrics.observe(undefined, true, 1);

  const page = await registry.metrics();
  const counts = page.split('\n').filter((line) => line.includes('_duration_seconds_count{'));
  assert.equal(counts.length, 102);
  assert.match(page, /_count\{operation="other",outcome="ok"\} 901/);
  assert.match(page, /_count\{operation="unnamed",outcome="error"\} 1/);
});
