import assert from 'node:assert/strict';
import test from 'node:test';
import { ENDINGS, makeRoutes, METHODS, STATUSES, thresholds } from './spread.ts';

test('the routes are of 60 workloads in 12 namespaces in 2 clusters, some of them rare', () => {
  const routes = makeRoutes();

  const count = (pick: (route: (typeof routes)[number]) => string): number => new Set(routes.map(pick)).size;
  const shareOf = (workload: string): number =>
    routes.filter((route) => route.workload === workload).reduce((sum, { share }) => sum + share, 0);
  assert.deepEqual(
    [count((route) => route.workload), count((route) => route.namespace), count((route) => route.cluster)],
    [60, 12, 2],
  );
  assert.ok(shareOf('Deployment/shop-api') > 0.3);
  assert.ok(shareOf('Deployment/platform-web') < 0.002);
});

test('all shares of a list add up to one', () => {
  for (const list of [makeRoutes(), METHODS, STATUSES, ENDINGS]) {
    const sum = list.reduce((total, { share }) => total + share, 0);
    assert.ok(Math.abs(sum - 1) < 1e-9);
  }
});

test('thresholds grow and are one fewer than the shares', () => {
  const found = thresholds([{ share: 0.5 }, { share: 0.3 }, { share: 0.2 }]);

  assert.deepEqual(found, [0.5, 0.8]);
});
