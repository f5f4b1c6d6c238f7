import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { findNatsServer } from '@culvert/demo/launcher/nats-binary';
import { startProcess, type ManagedProcess } from '@culvert/demo/launcher/process';
import { connectNats, natsAddress } from '@culvert/runtime/nats';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { EMBEDDED } from './testing/combinations.ts';
import { render } from './testing/helm.ts';
import { find } from './testing/manifests.ts';

const MIB = 1024 * 1024;

let directory: string;
let server: ManagedProcess;
let address: string;

/** The configuration as rendered, in a server that takes free ports and keeps its data elsewhere. */
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culvert-chart-nats-'));
  const { 'nats.conf': configuration } = find(await render(EMBEDDED), 'ConfigMap', 'culvert-nats')[
    'data'
  ] as {
    'nats.conf': string;
  };
  const file = join(directory, 'nats.conf');
  await writeFile(
    file,
    configuration.replace('store_dir: /data', `store_dir: '${join(directory, 'store')}'`),
  );
  const portsFile = async (): Promise<string | undefined> =>
    (await readdir(directory)).find((name) => name.endsWith('.ports'));
  server = await startProcess({
    name: 'nats-server',
    command: await findNatsServer(process.env),
    args: [
      ...['--config', file, '--addr', '127.0.0.1', '--port', '-1', '--http_port', '-1'],
      ...['--ports_file_dir', directory],
    ],
    environment: { NATS_USER: 'culvert', NATS_PASSWORD: 'geheim' },
    ready: async () => (await portsFile()) !== undefined,
  });
  const ports = JSON.parse(await readFile(join(directory, (await portsFile()) ?? ''), 'utf8')) as {
    nats: readonly string[];
  };
  address = new URL(ports.nats[0] ?? '').host;
});

after(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

test('the embedded NATS lets in who has the Secret’s user and password, and nobody else', async () => {
  const connection = await connectNats(`nats://culvert:geheim@${address}`, 'test');
  const refused = (url: string): Promise<unknown> => connect({ ...natsAddress(url), reconnect: false }); // once, where connectNats would go on asking

  assert.equal(connection.info?.server_name, 'culvert-nats');
  await assert.rejects(refused(`nats://${address}`), /Authorization Violation/i);
  await assert.rejects(refused(`nats://culvert:wrong@${address}`), /Authorization Violation/i);
  await connection.close();
});

test('JetStream of the embedded NATS has room for the streams at their full size, and keeps them on disk', async () => {
  const connection = await connectNats(`nats://culvert:geheim@${address}`, 'test');
  const { streams } = await jetstreamManager(connection);

  const traffic = await streams.add({ name: 'TRAFFIC', subjects: ['traffic.>'], max_bytes: 2_048 * MIB });
  const metrics = await streams.add({ name: 'METRICS', subjects: ['metrics.>'], max_bytes: 256 * MIB });

  assert.deepEqual([traffic.config.storage, metrics.config.storage], ['file', 'file']);
  assert.ok(existsSync(join(directory, 'store', 'jetstream')));
  await connection.close();
});
