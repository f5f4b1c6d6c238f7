import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { startAdminServer } from '@culvert/runtime/admin';
import { createLogger } from '@culvert/runtime/log';
import { Registry } from 'prom-client';
import { tcpProbe } from './tcp-probe.ts';

/** An application and an admin server that probes it. */
async function start(t: TestContext, addresses: readonly string[] = ['127.0.0.1']) {
  const application = createServer((socket) => socket.on('error', () => undefined));
  application.listen(0, '127.0.0.1');
  await once(application, 'listening');
  const { port } = application.address() as AddressInfo;
  const admin = await startAdminServer({
    host: '127.0.0.1',
    port: 0,
    registry: new Registry(),
    log: createLogger('test', 'fatal'),
    readiness: [],
    routes: [tcpProbe([{ host: '::', port: 15_900, upstream: { host: 'pod', port } }], addresses)],
  });
  t.after(async () => {
    application.close();
    await admin.close();
  });
  const probe = async (path: string): Promise<readonly [number, string]> => {
    const response = await fetch(`http://127.0.0.1:${admin.port}${path}`);
    return [response.status, await response.text()];
  };
  return { application, port, probe };
}

test('A9: a TCP probe passes while the application listens and fails when it does not', async (t) => {
  const { application, port, probe } = await start(t);

  const alive = await probe(`/probe/tcp/${port}`);
  application.close();
  await once(application, 'close');
  const dead = await probe(`/probe/tcp/${port}`);

  assert.deepEqual(alive, [200, 'ok\n']);
  assert.deepEqual(dead, [503, `no connection to 127.0.0.1 port ${port}: ECONNREFUSED\n`]);
});

test('one address that answers is enough, because applications may listen on one family', async (t) => {
  const { port, probe } = await start(t, ['127.0.0.9', '127.0.0.1']);

  assert.equal((await probe(`/probe/tcp/${port}`))[0], 200);
});

test('only the application ports of captured ones can be probed', async (t) => {
  const { port, probe } = await start(t);

  const other = await probe('/probe/tcp/22');
  const none = await probe('/probe/tcp/99999');
  const word = await probe('/probe/tcp/ssh');

  assert.deepEqual(other, [404, `port 22 is not captured; captured are: ${port}\n`]);
  assert.equal(none[0], 404);
  assert.match(word[1], /try .*\/probe\/tcp\/PORT/);
});
