import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conventionFaults } from './conventions.ts';
import { declaredMetrics, misplacedDeclarations } from './declared.ts';

const GOOD = { name: 'culvert_things_total', help: 'Things.', type: 'counter', labels: ['kind'] };

test("a metric that breaks Prometheus's conventions is found out", () => {
  const bad = [
    { ...GOOD, name: 'culvert_things' },
    { ...GOOD, name: 'things_total' },
    { ...GOOD, type: 'gauge' },
    { ...GOOD, name: 'culvert_wait_ms_total' },
    { ...GOOD, name: 'culvert_wait', type: 'histogram' },
    { ...GOOD, name: 'culvert_thing_count', type: 'gauge' },
    { ...GOOD, help: 'things' },
    { ...GOOD, labels: ['path'] },
  ];

  assert.deepEqual(conventionFaults(GOOD), []);
  for (const metric of bad) assert.equal(conventionFaults(metric).length, 1, JSON.stringify(metric));
});

test('the metrics of a process are found where they are declared, and nowhere else', async () => {
  const sidecar = await declaredMetrics('sidecar');

  assert.deepEqual(
    sidecar.find(({ name }) => name === 'culvert_dropped_total'),
    {
      name: 'culvert_dropped_total',
      help: 'Exchanges and body chunks captured and lost, by reason.',
      type: 'counter',
      labels: ['kind', 'reason'],
    },
  );
  assert.deepEqual(misplacedDeclarations('sidecar'), []);
});
