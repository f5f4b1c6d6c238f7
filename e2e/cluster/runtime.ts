import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { run, succeeds } from './command.ts';
import { isRunning, killBySocket, startDaemon, stopDaemons } from './daemon.ts';
import { place, PODS, PODS_6, type Cluster } from './layout.ts';

/** The image whose container holds a pod's namespaces. */
export const PAUSE_IMAGE = 'docker.io/culvert/pause:1';

/** Starts containerd with a network of its own for pods. */
export async function startRuntime(cluster: Cluster): Promise<void> {
  mkdirSync(place(cluster, 'cni'), { recursive: true });
  writeFileSync(place(cluster, 'cni', '10-pods.conflist'), JSON.stringify(networkPlugins(cluster)));
  writeFileSync(place(cluster, 'containerd.toml'), configuration(cluster));
  await startDaemon(
    cluster,
    'containerd',
    ['containerd', '--config', place(cluster, 'containerd.toml')],
    () => succeeds([...ctr(cluster), 'version'], { timeoutMs: 5_000 }),
  );
}

/** Makes the images in an archive known to the cluster. */
export async function importImages(cluster: Cluster, archive: string): Promise<void> {
  await run([...ctr(cluster), 'images', 'import', archive]);
}

/** Ends all containers and containerd, whatever state they are in, and lets go of their file systems. */
export async function stopRuntime(cluster: Cluster): Promise<void> {
  if (isRunning(cluster, 'containerd')) {
    const tasks = await run([...ctr(cluster), 'tasks', 'list', '--quiet'], { timeoutMs: 10_000 }).catch(
      () => '',
    );
    const kill = (task: string): Promise<boolean> =>
      succeeds([...ctr(cluster), 'tasks', 'kill', '--signal', 'SIGKILL', task], { timeoutMs: 10_000 });
    await Promise.all(tasks.split('\n').filter(Boolean).map(kill));
  }
  await stopDaemons(cluster, ['containerd'], 5_000);
  // Each pod's shim outlives containerd, and names its socket.
  await killBySocket('containerd-shim', place(cluster, 'containerd.sock'));
}

/** Unmounts everything below the cluster's directory. */
export async function unmountAll(cluster: Cluster): Promise<void> {
  const points = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((point) => point.startsWith(`${cluster.directory}/`));
  for (const point of points.toSorted().reverse()) await succeeds(['umount', '--lazy', point]);
}

function ctr(cluster: Cluster): string[] {
  return ['ctr', '--address', place(cluster, 'containerd.sock'), '--namespace', 'k8s.io'];
}

function networkPlugins(cluster: Cluster): object {
  const families = cluster.ipv6 ? [PODS, PODS_6] : [PODS];
  return {
    cniVersion: '1.0.0',
    name: 'pods',
    plugins: [
      {
        type: 'bridge',
        bridge: 'cni0',
        isGateway: true,
        hairpinMode: true,
        ipam: {
          type: 'host-local',
          dataDir: place(cluster, 'addresses'),
          ranges: families.map((subnet) => [{ subnet }]),
          routes: [{ dst: '0.0.0.0/0' }, ...(cluster.ipv6 ? [{ dst: '::/0' }] : [])],
        },
      },
    ],
  };
}

function configuration(cluster: Cluster): string {
  const file = (...parts: string[]): string => JSON.stringify(place(cluster, ...parts));
  return `version = 2
root = ${file('containerd', 'root')}
state = ${file('containerd', 'state')}
[grpc]
  address = ${file('containerd.sock')}
[plugins."io.containerd.internal.v1.opt"]
  path = ${file('containerd', 'opt')}
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  # Containers may not have CAP_SYS_RESOURCE, which a lower score would need.
  restrict_oom_score_adj = true
  # The network namespaces of pods go with the directory.
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = ${file('cni')}
`;
}
