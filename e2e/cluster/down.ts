import { existsSync, globSync, lstatSync, readlinkSync, rmSync } from 'node:fs';
import { removeGroups } from './cgroups.ts';
import { stopDaemons } from './daemon.ts';
import { markerFile, namespaceFile, type Cluster } from './layout.ts';
import { removeNetwork } from './network.ts';
import { stopRuntime, unmountAll } from './runtime.ts';

/** Links to the logs of containers, which the kubelet makes here whatever it is told. */
const LOG_LINKS = '/var/log/containers';

/** Whether something of a cluster is left, running or not. */
export function hasLeftovers(cluster: Cluster): boolean {
  return existsSync(cluster.directory) || existsSync(namespaceFile(cluster));
}

/** @throws Error when the directory is there and no cluster was made in it */
export function requireOurs(cluster: Cluster): void {
  if (!existsSync(cluster.directory) || existsSync(markerFile(cluster))) return;
  throw new Error(
    `${cluster.directory} was not made by make cluster-up and is left alone: remove it yourself, or set E2E_CLUSTER to another name`,
  );
}

/** Ends a cluster, in whatever state it is, and removes everything it made. Nothing of it being there is no fault. */
export async function clusterDown(cluster: Cluster): Promise<void> {
  requireOurs(cluster);
  // Those first that would start pods again.
  await stopDaemons(cluster, ['kubelet', 'kube-proxy', 'scheduler', 'controller-manager'], 3_000);
  // An orderly end of these takes up to a minute, and what they hold is thrown away.
  await stopDaemons(cluster, ['apiserver', 'etcd'], 0);
  await stopRuntime(cluster);
  await removeGroups(cluster);
  await unmountAll(cluster);
  await removeNetwork(cluster);
  removeLogLinks(cluster);
  rmSync(cluster.directory, { recursive: true, force: true, maxRetries: 5 });
}

function removeLogLinks(cluster: Cluster): void {
  for (const link of globSync(`${LOG_LINKS}/*.log`)) {
    if (!lstatSync(link).isSymbolicLink()) continue;
    if (readlinkSync(link).startsWith(`${cluster.directory}/`)) rmSync(link);
  }
}
