import assert from 'node:assert/strict';
import { createServer, Server } from 'node:net';
import { test } from 'node:test';
import { bind } from './bind.ts';

/** A server on a machine whose kernel refuses IPv6. */
class WithoutIpv6 extends Server {
  readonly asked: string[] = [];

  override listen(...args: unknown[]): this {
    const [port, host, listening] = args as [number, string, () => void];
    this.asked.push(host);
    if (host.includes(':')) {
      process.nextTick(() => this.emit('error', Object.assign(new Error('no'), { code: 'EAFNOSUPPORT' })));
      return this;
    }
    return super.listen(port, '127.0.0.1', listening);
  }
}

test('where the machine has no IPv6, all addresses of both families become all of IPv4', async (t) => {
  const server = new WithoutIpv6();
  t.after(() => server.close());
  const port = await bind(server, '::', 0);
  assert.deepEqual(server.asked, ['::', '0.0.0.0']);
  assert.ok(port > 0);
});

test('one IPv6 address is not replaced by another', async () => {
  await assert.rejects(bind(new WithoutIpv6(), '::1', 0), { code: 'EAFNOSUPPORT' });
});

test('a port that is taken is an error', async (t) => {
  const holder = createServer();
  t.after(() => holder.close());
  const port = await bind(holder, '127.0.0.1', 0);
  await assert.rejects(bind(createServer(), '127.0.0.1', port), { code: 'EADDRINUSE' });
});
