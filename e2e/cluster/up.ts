import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { becomesTrue } from '@culvert/demo/launcher/wait';
import { createGroups } from './cgroups.ts';
import { run } from './command.ts';
import { startControlPlane, writeCredentials, type ControlPlanePrograms } from './control-plane.ts';
import { inside, kubeconfigFile, NODE, place, type Cluster, markerFile } from './layout.ts';
import type { TakeArchive } from './images.ts';
import { createNetwork } from './network.ts';
import { startNode } from './node.ts';
import type { Progress } from './progress.ts';
import { importImages, startRuntime } from './runtime.ts';

/** Programs that a cluster is made of. */
export type ClusterPrograms = ControlPlanePrograms &
  Readonly<Record<'kubelet' | 'kube-proxy' | 'coredns' | 'helm', string>>;

/**
 * Starts a cluster where none is: control plane, node, images and DNS.
 *
 * @param buildImages builds images and hands over each one's archive
 */
export async function clusterUp(
  cluster: Cluster,
  programs: ClusterPrograms,
  buildImages: (take: TakeArchive) => Promise<void>,
  progress: Progress,
): Promise<void> {
  mkdirSync(cluster.directory, { recursive: true });
  writeFileSync(markerFile(cluster), '');
  for (const folder of ['logs', 'pids']) mkdirSync(place(cluster, folder), { recursive: true });
  await createNetwork(cluster);
  createGroups(cluster);
  await writeCredentials(cluster);
  const kubectl = (...args: string[]): Promise<string> =>
    run([...inside(cluster), programs.kubectl, `--kubeconfig=${kubeconfigFile(cluster)}`, ...args]);

  const controlPlane = progress.step('control plane answers', () => startControlPlane(cluster, programs));
  const runtime = progress.step('containerd runs', () => startRuntime(cluster));
  let imports = runtime; // one after the other: each would unpack the layers that they share
  const loaded = runtime.then(() =>
    progress.step('images are in the cluster', () =>
      buildImages((archive) => (imports = imports.then(() => importImages(cluster, archive)))),
    ),
  );
  const node = Promise.all([controlPlane, loaded]).then(async () => {
    await startNode(cluster, programs);
    await progress.step('node is ready', async () => {
      const registered = (): Promise<boolean> =>
        kubectl('get', 'node', NODE).then(
          () => true,
          () => false,
        );
      await becomesTrue(registered, { timeoutMs: 60_000, everyMs: 200 });
      await kubectl('wait', '--for=condition=Ready', `node/${NODE}`, '--timeout=60s');
    });
  });
  await Promise.all([controlPlane, loaded, node]);
  await progress.step('names are resolved', async () => {
    await kubectl('apply', '--server-side', '-f', join(import.meta.dirname, 'dns.yaml'));
    await kubectl('-n', 'kube-system', 'rollout', 'status', 'deployment/coredns', '--timeout=90s');
  });
}
