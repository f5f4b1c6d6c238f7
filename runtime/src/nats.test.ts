import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startNatsServer } from '@culvert/demo/launcher/nats-server';
import { connectNats, natsAddress } from './nats.ts';
import { natsCredentialsIn } from './secret-files.ts';

test('servers and credentials are taken apart', () => {
  assert.deepEqual(natsAddress('nats://one:4222,two:4223'), { servers: ['one:4222', 'two:4223'] });
  assert.deepEqual(natsAddress('nats://us%40er:p%2Fw@host:4222'), {
    servers: ['host:4222'],
    user: 'us@er',
    pass: 'p/w',
  });
  assert.deepEqual(natsAddress('nats://token@host:4222'), { servers: ['host:4222'], token: 'token' });
});

test('credentials of one server are those of all, and all may name the same', () => {
  const both = { servers: ['one:4222', 'two:4222'], user: 'u', pass: 'p' };

  assert.deepEqual(natsAddress('nats://u:p@one:4222,two:4222'), both);
  assert.deepEqual(natsAddress('nats://one:4222,nats://u:p@two:4222'), both);
  assert.deepEqual(natsAddress('u:p@one:4222,u:p@two:4222'), both);
});

for (const [url, sentence] of [
  ['nats://user:@host', 'names a user without a password: it must look like nats://'],
  ['nats://:geheim@host', 'names no user: it must look like nats://'],
  ['nats://@host', 'names no user: it must look like nats://'],
  ['nats://a:geheim@one,nats://b:geheim@two', 'names different credentials for its servers'],
  ['nats://a:geheim@one,nats://geheim@two', 'names different credentials for its servers'],
  ['nats://a:geheim%@one', 'has a % in its credentials that begins no escaped byte: write it as %25'],
  ['http://host', 'must start with nats:// or tls://, not http://'],
  ['nats://user:geheim@[host', 'must look like nats://'],
  ['tls://geheim@one,nats://two', 'mixes nats:// and tls://: give all servers the same'],
  ['nats://one,', 'names a server without a host: it must look like nats://'],
] as const)
  test(`${url} is refused, and the sentence holds no secret`, () => {
    assert.throws(
      () => natsAddress(url),
      ({ message }: Error) => message.startsWith(sentence) && !message.includes('geheim'),
    );
  });

async function secretsWith(t: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'culvert-nats-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
  return directory;
}

test('a Secret with a token and a user counts as one with a token, everywhere', async (t) => {
  const directory = await secretsWith(t, { 'nats-user': 'u', 'nats-password': 'p', 'nats-token': 't\n' });

  assert.deepEqual(natsCredentialsIn(directory), { auth_token: 't' });
});

test('a user without a password is not there yet', async (t) => {
  for (const files of [
    { 'nats-user': 'u' },
    { 'nats-user': 'u', 'nats-password': '\n' },
    { 'nats-password': 'p' },
  ])
    assert.equal(natsCredentialsIn(await secretsWith(t, files)), undefined);
  assert.equal(natsCredentialsIn(''), undefined);
});

test('credentials in the URL count alone, whatever a Secret holds', async (t) => {
  const directory = await secretsWith(t, {});
  const server = await startNatsServer({
    storeDir: directory,
    port: 0,
    configuration: 'authorization { user: right, password: p }',
  });
  t.after(() => server.stop());

  const nats = await connectNats(server.url.replace('//', '//right:p@'), 'test', {
    credentials: () => ({ user: 'wrong', pass: 'wrong' }),
  });

  assert.equal(nats.isClosed(), false);
  await nats.close();
});

test('who waits for the first connection tries again and again, and stops when told to', async (t) => {
  // Answers nobody, as a nats-server that is still starting.
  let attempts = 0;
  const server = createServer((socket) => {
    attempts++;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const stopping = new AbortController();
  const { port } = server.address() as AddressInfo;

  const connected = connectNats(
    `nats://127.0.0.1:${port}`,
    'test',
    {},
    { reconnect: { firstMs: 1, maxMs: 5 }, signal: stopping.signal },
  );
  connected.catch(() => undefined);
  while (attempts < 5) await once(server, 'connection');
  stopping.abort();

  await assert.rejects(connected, { name: 'AbortError' });
});

test('options that make no sense are refused at once', async () => {
  await assert.rejects(connectNats('nats://127.0.0.1:1', 'test', { pingInterval: 1, servers: 7 as never }));
});

test('with tls:// nothing is shown to a server that offers no TLS', async (t) => {
  let attempts = 0;
  let shown = '';
  const server = createServer((socket) => {
    attempts++;
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => (shown += chunk.toString('latin1')));
    socket.write(
      'INFO {"server_id":"X","version":"2.15.1","proto":1,"headers":true,"max_payload":1048576}\r\n',
    );
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const stopping = new AbortController();
  const { port } = server.address() as AddressInfo;

  const connected = connectNats(
    `tls://user:geheim@127.0.0.1:${port}`,
    'test',
    {},
    { reconnect: { firstMs: 1, maxMs: 5 }, signal: stopping.signal },
  );
  connected.catch(() => undefined);
  while (attempts < 3) await once(server, 'connection');
  stopping.abort();

  await assert.rejects(connected, { name: 'AbortError' });
  assert.equal(shown, '');
});

test('an address without a scheme goes with the others', () => {
  assert.deepEqual(natsAddress('tls://one:4222,two:4222'), { servers: ['one:4222', 'two:4222'], tls: {} });
});
