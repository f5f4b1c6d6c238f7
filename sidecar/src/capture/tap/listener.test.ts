import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { test, type TestContext } from 'node:test';
import { DEFAULT_RULES } from '@culvert/policy/port-rules';
import type { PortRules } from '@culvert/traffic/select/rules';
import {
  becomes,
  captureTo,
  connectTo,
  createKit,
  exchangesOf,
  readAll,
  startUpstream,
} from '../testing/kit.ts';
import { listen } from './listener.ts';

const REQUEST = 'GET /x HTTP/1.0\r\n\r\n';
const RESPONSE = 'HTTP/1.0 200 OK\r\n\r\nok';

async function pass(t: TestContext, rules: Partial<PortRules>) {
  const kit = createKit({ rules });
  const upstream = await startUpstream((socket) => {
    socket.on('data', () => socket.end(RESPONSE));
  });
  const listener = await captureTo(upstream.port, kit.context);
  t.after(async () => {
    upstream.close();
    await listener.drain();
  });
  const ask = async (): Promise<string> => {
    const client = await connectTo(listener);
    client.end(REQUEST);
    const answer = await readAll(client);
    await becomes(() => listener.connections === 0, 'the connection has ended');
    return answer.toString();
  };
  return { kit, ask };
}

test('a port with another protocol is forwarded without a look', async (t) => {
  const { kit, ask } = await pass(t, { protocol: 'TCP' });
  assert.equal(await ask(), RESPONSE);
  assert.deepEqual([...kit.books.opaque], [['policy_tcp', 1]]);
  assert.equal(kit.books.connections, 1);
  assert.equal(kit.books.exchange.captured, 0);
});

test('a port that is not captured is forwarded, and read once it is captured', async (t) => {
  const { kit, ask } = await pass(t, { capture: false });
  assert.equal(await ask(), RESPONSE);
  kit.context.ports.replace({ ports: {}, otherPorts: DEFAULT_RULES });
  assert.equal(await ask(), RESPONSE);
  assert.deepEqual([...kit.books.opaque], [['not_captured', 1]]);
  assert.equal(exchangesOf(kit.events()).length, 1);
});

test('A13: through a binding to the pod the application sees an address of the pod, and its own port is recorded', async (t) => {
  const address = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
  assert.ok(address, 'the machine has an address that is not loopback');
  const kit = createKit();
  let seen: string | undefined;
  const upstream = await startUpstream((socket) => {
    seen = socket.remoteAddress;
    socket.on('data', () => socket.end(RESPONSE));
  }, address);
  const binding = { host: '::', port: 0, upstream: { host: 'pod', port: upstream.port } };
  const listener = await listen(binding, { ...kit.context, podAddresses: [address] });
  t.after(async () => {
    upstream.close();
    await listener.drain();
  });
  const client = await connectTo(listener);
  client.end(REQUEST);
  await readAll(client);
  await becomes(() => kit.books.exchange.open === 0 && kit.books.exchange.captured === 1, 'it has ended');
  const [exchange] = exchangesOf(kit.events());
  assert.equal(seen, address);
  assert.equal(exchange?.request?.capturedPort, upstream.port);
  assert.equal(exchange.request.url.toString(), `http://${address}:${upstream.port}/x`);
});
