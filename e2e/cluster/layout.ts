import { join } from 'node:path';

/** Names, places and addresses of one cluster. All of it lives in one network namespace and one directory. */
export interface Cluster {
  readonly name: string;
  /** Holds everything that the cluster writes. */
  readonly directory: string;
  /** Whether pods and Services have IPv6 addresses as well. */
  readonly ipv6: boolean;
}

/** The only node, which is this machine seen from within the namespace. */
export const NODE = 'node1';
/** Addresses of the bridge, which are the node's. */
export const NODE_ADDRESS = '10.244.0.1';
export const NODE_ADDRESS_6 = 'fd00:244::1';
export const PODS = '10.244.0.0/24';
export const PODS_6 = 'fd00:244::/64';
export const SERVICES = '10.96.0.0/16';
export const SERVICES_6 = 'fd00:96::/112';
/** The first address of the Services' range belongs to the API server. */
export const API_SERVICE = '10.96.0.1';
export const DNS_SERVICE = '10.96.0.10';
export const API_URL = `https://${NODE_ADDRESS}:6443`;

/** Its directory is removed with all that is in it, by root: no name may lead to anybody else's. */
const NAME = /^culvert-[a-z0-9]+(-[a-z0-9]+)*$/;
const MAX_NAME_CHARACTERS = 40;

/**
 * The cluster of that name.
 *
 * @throws Error when the name could be something else's
 */
export function clusterNamed(name: string, ipv6: boolean): Cluster {
  if (!NAME.test(name) || name.length > MAX_NAME_CHARACTERS)
    throw new Error(
      `E2E_CLUSTER must be culvert- and up to ${MAX_NAME_CHARACTERS - 8} small letters, digits and single hyphens, such as culvert-e2e, not ${JSON.stringify(name)}: its directory is removed afterwards`,
    );
  return { name, directory: join('/var/lib', name), ipv6 };
}

/** A file or directory of the cluster. */
export function place(cluster: Cluster, ...parts: string[]): string {
  return join(cluster.directory, ...parts);
}

/** Tells that a directory is a cluster's, and may be removed. */
export function markerFile(cluster: Cluster): string {
  return place(cluster, '.culvert-cluster');
}

/** An administrator's kubeconfig. It works inside the namespace only. */
export function kubeconfigFile(cluster: Cluster): string {
  return place(cluster, 'admin.kubeconfig');
}

/** The network namespace, as nsenter takes it. */
export function namespaceFile(cluster: Cluster): string {
  return `/run/netns/${cluster.name}`;
}

/** What stands before a command to run it inside the namespace. `ip netns exec` would hide /sys/fs/cgroup. */
export function inside(cluster: Cluster): readonly string[] {
  return ['nsenter', `--net=${namespaceFile(cluster)}`];
}
