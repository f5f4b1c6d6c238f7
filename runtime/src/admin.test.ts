import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { pino } from 'pino';
import { Gauge, Registry } from 'prom-client';
import { startAdminServer, type AdminRoute, type Check } from './admin.ts';

const silent = pino({ level: 'silent' });

async function serve(
  t: TestContext,
  readiness: readonly Check[],
  routes: readonly AdminRoute[] = [],
): Promise<(path: string) => Promise<Response>> {
  const registry = new Registry();
  new Gauge({ name: 'culvert_test', help: 'A number.', registers: [registry] }).set(7);
  const server = await startAdminServer({
    host: '127.0.0.1',
    port: 0,
    registry,
    log: silent,
    readiness,
    routes,
  });
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

test('a process may serve more, and who asks for what is not there is told of it', async (t) => {
  const get = await serve(
    t,
    [],
    [
      {
        path: '/probe/NAME',
        answer: (path) =>
          path === '/probe/one' ? Promise.resolve({ status: 503, text: 'one is away' }) : undefined,
      },
      {
        path: '/broken',
        answer: (path) => (path === '/broken' ? Promise.reject(new Error('out of order')) : undefined),
      },
    ],
  );
  const [one, broken, two] = [await get('/probe/one?x=1'), await get('/broken'), await get('/probe/two')];
  assert.deepEqual([one.status, await one.text()], [503, 'one is away\n']);
  assert.deepEqual([broken.status, await broken.text()], [500, 'Error: out of order\n']);
  assert.deepEqual(
    [two.status, await two.text()],
    [404, 'try /metrics, /log-level, /healthz, /probe/NAME, /broken or /readyz\n'],
  );
});
