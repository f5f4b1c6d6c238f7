import { deepEqual, equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import { parseQuantity } from './quantity.ts';
import { resourcesFor } from './resources.ts';

const DEFAULTS = { requests: { cpu: '20m', memory: '64Mi' }, limits: { memory: '192Mi' } };

test('quantities are read in every notation of Kubernetes', () => {
  const values = ['1', '0.5', '.5', '250m', '64Mi', '1e3', '2E', '5E2', '1k'].map(parseQuantity);

  deepEqual(values, [1, 0.5, 0.5, 0.25, 67_108_864, 1000, 2e18, 500, 1000]);
});

test('what is no quantity, or a negative one, is not read', () => {
  const values = ['', 'much', '64MB', '-1', '1 Gi', '1Gib', 'm'].map(parseQuantity);

  deepEqual(
    values,
    values.map(() => undefined),
  );
});

test('a request above the default limit raises the limit', () => {
  const { resources } = resourcesFor(DEFAULTS, { 'culvert.dev/memory-request': '512Mi' });

  deepEqual([resources.requests?.['memory'], resources.limits?.['memory']], ['512Mi', '512Mi']);
});

test('a limit below the default request lowers the request', () => {
  const { resources } = resourcesFor(DEFAULTS, { 'culvert.dev/memory-limit': '32Mi' });

  deepEqual([resources.requests?.['memory'], resources.limits?.['memory']], ['32Mi', '32Mi']);
});

test('a request above its own limit warns, and both count as not set', () => {
  const { resources, warnings } = resourcesFor(DEFAULTS, {
    'culvert.dev/cpu-request': '2',
    'culvert.dev/cpu-limit': '1500m',
  });

  deepEqual(resources, DEFAULTS);
  match(warnings.join('\n'), /cpu-request \(2\) must not exceed culvert.dev\/cpu-limit \(1500m\)/);
});

test('a quantity of nothing warns, because it would not be held', () => {
  const { resources, warnings } = resourcesFor({}, { 'culvert.dev/cpu-limit': '0' });

  deepEqual(resources, {});
  equal(warnings.length, 1);
});
