import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { requireOurs } from './down.ts';
import { namesSocket } from './daemon.ts';
import { clusterNamed, markerFile } from './layout.ts';

for (const name of [
  'docker',
  '..',
  'culvert-',
  'culvert-../docker',
  'culvert-a/b',
  'culvert',
  'Culvert-e2e',
  '',
]) {
  test(`no cluster has the name ${JSON.stringify(name)}, whose directory may be something else's`, () => {
    assert.throws(() => clusterNamed(name, false), /E2E_CLUSTER must be culvert-/);
  });
}

test('a cluster lies in a directory of its own', () => {
  assert.equal(clusterNamed('culvert-e2e-2', false).directory, '/var/lib/culvert-e2e-2');
});

test('a directory is removed only if a cluster was made in it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'culvert-layout-'));
  const cluster = { name: 'culvert-e2e', directory, ipv6: false };

  assert.throws(() => {
    requireOurs(cluster);
  }, /was not made by make cluster-up/);
  await writeFile(markerFile(cluster), '');
  requireOurs(cluster);
  await rm(directory, { recursive: true });
  requireOurs(cluster);
});

test('a shim is known by its program and its socket, and nothing that only mentions them is', () => {
  const socket = '/var/lib/culvert-e2e/containerd.sock';
  const isShim = (...commandLine: string[]): boolean => namesSocket(commandLine, 'containerd-shim', socket);

  assert.equal(isShim('/usr/bin/containerd-shim-runc-v2', '-namespace', 'k8s.io', '-address', socket), true);
  assert.equal(isShim('vim', `-address ${socket}`), false);
  assert.equal(isShim('/usr/bin/vim', '-address', socket), false);
  assert.equal(isShim('/usr/bin/containerd-shim-runc-v2', '-address', `${socket}.old`), false);
});
