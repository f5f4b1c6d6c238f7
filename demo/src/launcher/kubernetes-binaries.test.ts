import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { findKubernetes, kubernetesCache } from './kubernetes-binaries.ts';

let directory: string;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culvert-binaries-test-'));
});

after(async () => {
  await rm(directory, { recursive: true, force: true });
});

test('KUBEBUILDER_ASSETS wins over the cache, which fills its gaps', async () => {
  const environment = await emptyEnvironment();
  const assets = await mkdtemp(join(directory, 'assets-'));
  const cache = kubernetesCache(environment);
  await Promise.all([place(assets, 'etcd'), place(cache, 'etcd'), place(cache, 'helm')]);

  const found = await findKubernetes(['etcd', 'helm'], { ...environment, KUBEBUILDER_ASSETS: assets });

  assert.deepEqual(found, { etcd: join(assets, 'etcd'), helm: join(cache, 'helm') });
});

test('without Go and without programs the error says what is missing and what to do', async () => {
  const environment = await emptyEnvironment();

  const found = findKubernetes(['etcd', 'kube-apiserver'], environment);

  await assert.rejects(
    found,
    /There is no etcd, no kube-apiserver of Kubernetes [\d.]+ here.*Go is not on PATH\nInstall Go 1\.24 or newer, or set KUBEBUILDER_ASSETS/,
  );
});

test('two at once build only once, and a failed build leaves nothing half done', async () => {
  const environment = await emptyEnvironment();
  const bin = await mkdtemp(join(directory, 'bin-'));
  // Stands for Go: `build` writes the program after a while, the rest succeeds.
  await place(
    bin,
    'go',
    '#!/bin/sh\n[ "$1" = build ] || exit 0\necho built >>"$0.log"\nwhile [ "$1" != -o ]; do shift; done\necho x >"$2/etcd"\nmv "$2/etcd" "$2/server"\nchmod +x "$2/server"\n',
  );
  const said: string[] = [];
  const find = (): Promise<Record<'etcd', string>> =>
    findKubernetes(['etcd'], { ...environment, PATH: `${bin}:/usr/bin:/bin` }, (line) => said.push(line));

  const [first, second] = await Promise.all([find(), find()]);

  assert.deepEqual(first, second);
  assert.equal(said.filter((line) => line.startsWith('building etcd')).length, 1);
  assert.deepEqual(await readdir(kubernetesCache(environment)), ['etcd']);
});

async function emptyEnvironment(): Promise<NodeJS.ProcessEnv> {
  return { XDG_CACHE_HOME: await mkdtemp(join(directory, 'cache-')), PATH: directory };
}

async function place(folder: string, program: string, content = '#!/bin/sh\n'): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, program), content);
  await chmod(join(folder, program), 0o755);
}
