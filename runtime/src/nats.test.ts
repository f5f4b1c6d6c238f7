import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
