import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createNamespaces, type Ended, type Namespaces } from './testing/namespaces.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
/** Listens on PORT at ADDRESS and tells callers its name and their address. */
const LISTENER = `
  const [name, port, address] = process.argv.slice(1);
  require('node:net').createServer((socket) => socket.end(name + ' ' + socket.remoteAddress))
    .on('connection', (socket) => socket.on('error', () => {}))
    .listen(Number(port), address, () => console.log('listens'));`;
/** Says what a connection to PORT at ADDRESS brings, or why there is none. */
const CALLER = `
  const [address, port] = process.argv.slice(1);
  const socket = require('node:net').connect({ host: address, port: Number(port) });
  let text = '';
  socket.setEncoding('latin1').on('data', (data) => (text += data));
  socket.on('error', (error) => { text = error.code; }).on('close', () => console.log(text));`;

let namespaces: Namespaces;
const directory = mkdtempSync(join(tmpdir(), 'culvert-redirect-'));

before(async () => {
  namespaces = await createNamespaces();
  for (const [name, port, address] of [
    ['application', '8080', '::'],
    ['sidecar', '15900', '::'],
    ['other', '7000', '::'],
    ['private', '9090', '127.0.0.1'],
  ] as const)
    await namespaces.start('pod', [process.execPath, '-e', LISTENER, name, port, address]);
  await namespaces.start('pod', [process.execPath, MAIN], {
    CULVERT_CAPTURE: '[::]:15901=pod:9090',
    CULVERT_POD_IPS: namespaces.podAddresses.join(','),
    CULVERT_METRICS_PORT: '0',
    CULVERT_STATE_DIR: directory,
    NATS_URL: 'nats://127.0.0.1:1',
  });
});
after(async () => {
  await namespaces.close();
  rmSync(directory, { recursive: true });
});

/** Runs the role as its container does. */
function redirect(where: 'client' | 'pod', ports: string, wrapper: readonly string[] = []): Promise<Ended> {
  const command = [...wrapper, process.execPath, MAIN, '--role', 'redirect'];
  return namespaces.run(where, command, { CULVERT_REDIRECT: ports });
}

async function call(where: 'client' | 'pod', address: string, port: number): Promise<string> {
  const { stdout } = await namespaces.run(where, [process.execPath, '-e', CALLER, address, String(port)]);
  return stdout.trim();
}

async function rules(): Promise<string> {
  return (await namespaces.run('pod', [namespaces.nft, 'list', 'ruleset'])).stdout;
}

test('calls from outside reach the sidecar by IPv4 and IPv6, with the address of their caller', async () => {
  const ended = await redirect('pod', '8080:15900');

  assert.deepEqual([ended.status, ended.stderr], [0, '']);
  const [v4, v6] = namespaces.podAddresses;
  assert.equal(await call('client', v4, 8080), `sidecar ::ffff:${namespaces.clientAddresses[0]}`);
  assert.equal(await call('client', v6, 8080), `sidecar ${namespaces.clientAddresses[1]}`);
  assert.equal(await call('client', v4, 7000), `other ::ffff:${namespaces.clientAddresses[0]}`);
});

test('what the pod sends to its loopback or to its own address goes to the application itself', async () => {
  await redirect('pod', '8080:15900');

  const answers = [];
  for (const address of ['127.0.0.1', '::1', ...namespaces.podAddresses])
    answers.push((await call('pod', address, 8080)).split(' ')[0]);

  assert.deepEqual(answers, Array(4).fill('application'));
});

test('A12: running the redirect again changes nothing, and other ports replace the earlier ones', async () => {
  await redirect('pod', '8080:15900');
  const once = await rules();

  const again = await redirect('pod', '8080:15900');
  const twice = await rules();
  const other = await redirect('pod', '7000:15900');

  assert.equal(again.status, 0);
  assert.equal(twice, once);
  assert.equal(other.status, 0);
  const [v4] = namespaces.podAddresses;
  assert.match(await call('client', v4, 8080), /^application /);
  assert.match(await call('client', v4, 7000), /^sidecar /);
});

test('tables of others stay as they are', async () => {
  await namespaces.run('pod', [namespaces.nft, 'add', 'table', 'inet', 'mesh']);

  await redirect('pod', '8080:15900');

  assert.match(await rules(), /table inet mesh/);
});

test('A13: a port that the application opened for loopback alone is not reached from outside', async () => {
  const [v4] = namespaces.podAddresses;

  const ended = await redirect('pod', '9090:15901');

  assert.equal(ended.status, 0);
  assert.equal(await call('pod', '127.0.0.1', 9090), 'private 127.0.0.1');
  assert.doesNotMatch(await call('client', v4, 9090), /private/);
  assert.doesNotMatch(await call('client', v4, 15901), /private/);
});

test('NET_ADMIN is all that user 0 needs', async () => {
  const only = ['setpriv', '--bounding-set=-all,+net_admin', '--no-new-privs'];

  const ended = await redirect('pod', '8080:15900', only);

  assert.deepEqual([ended.status, ended.stderr], [0, '']);
});

test('without NET_ADMIN it ends with a sentence that says what to do', async () => {
  const ended = await redirect('pod', '8080:15900', ['setpriv', '--bounding-set=-net_admin']);

  assert.equal(ended.status, 1);
  assert.match(ended.stderr, /user 0 with the capability NET_ADMIN, or .* mode NamedPorts/);
});

test('without nft it ends with a sentence that says what to do', async () => {
  const ended = await redirect('pod', '8080:15900', ['env', `PATH=${directory}`]);

  assert.equal(ended.status, 1);
  assert.match(ended.stderr, /nft is missing: use an image that has nftables, or .* mode NamedPorts/);
});
