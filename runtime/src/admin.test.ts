import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Gauge, Registry } from 'prom-client';
import { startAdminServer, type Check } from './admin.ts';

async function serve(
  t: TestContext,
  readiness: readonly Check[],
): Promise<(path: string) => Promise<Response>> {
  const registry = new Registry();
  new Gauge({ name: 'culvert_test', help: 'A number.', registers: [registry] }).set(7);
  const server = await startAdminServer({ host: '127.0.0.1', port: 0, registry, readiness });
  t.after(() => server.close());
  return (path) => fetch(`http://127.0.0.1:${server.port}${path}`);
}

test('health says that the process runs, whatever is missing', async (t) => {
  const get = await serve(t, [{ name: 'postgres', run: () => 'away' }]);
  assert.equal((await get('/healthz')).status, 200);
});

test('readiness names the part that is down and why', async (t) => {
  const get = await serve(t, [
    { name: 'postgres', run: () => Promise.reject(new Error('connection refused')) },
    { name: 'nats', run: () => undefined },
  ]);
  const response = await get('/readyz');
  assert.equal(response.status, 503);
  assert.deepEqual(await response.json(), {
    status: 'unavailable',
    checks: { postgres: { status: 'unavailable', message: 'connection refused' }, nats: { status: 'ok' } },
  });
});

test('metrics are Prometheus text', async (t) => {
  const get = await serve(t, []);
  const response = await get('/metrics');
  assert.match(response.headers.get('content-type') ?? '', /^text\/plain/);
  assert.match(await response.text(), /^culvert_test 7$/m);
});

test('other paths and methods are refused with a hint', async (t) => {
  const get = await serve(t, []);
  const missing = await get('/');
  assert.equal(missing.status, 404);
  assert.match(await missing.text(), /\/metrics/);
});
