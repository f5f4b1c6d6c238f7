/**
 * `make cluster-up`, `make cluster-down`, `make images` and `make e2e`: a real cluster on this machine, and the tests on it.
 */
import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findKubernetes } from '@culvert/demo/launcher/kubernetes-binaries';
import { findNatsServer } from '@culvert/demo/launcher/nats-binary';
import { root } from '@culvert/demo/launcher/root';
import { run } from './command.ts';
import { clusterDown, hasLeftovers } from './down.ts';
import { buildImages, prepareImages, type ImageParts } from './images.ts';
import { clusterNamed, inside, kubeconfigFile, place, type Cluster } from './layout.ts';
import { installPackages, whyNoCluster } from './machine.ts';
import { printProgress } from './progress.ts';
import { runTests } from './tests.ts';
import { clusterUp, type ClusterPrograms } from './up.ts';

const PROGRAMS = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
  'kubectl',
  'coredns',
  'helm',
] as const;

const environment = process.env;
const progress = printProgress();
const [command = '', ...filters] = process.argv.slice(2);
const cluster = namedCluster();
const archives = join(root, '.culvert', 'images');

try {
  process.exitCode = await perform();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}

function namedCluster(): Cluster {
  try {
    return clusterNamed(environment['E2E_CLUSTER'] || 'culvert-e2e', existsSync('/proc/net/if_inet6'));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(1);
  }
}

async function perform(): Promise<number> {
  switch (command) {
    case 'up':
      await requireMachine();
      await up();
      explain(cluster);
      return 0;
    case 'down':
      await requireMachine();
      await down('took the cluster down');
      return 0;
    case 'images': {
      await requireMachine();
      await bundle();
      await buildImages(archives, await imageParts(), progress, () => Promise.resolve());
      progress.say(`one archive an image: ${archives}`);
      return 0;
    }
    case 'test':
      return test();
    default:
      throw new Error('usage: main.ts up|down|images|test');
  }
}

async function test(): Promise<number> {
  const given = environment['E2E_KUBECONFIG'] || undefined;
  if (given !== undefined) {
    const { kubectl, helm } = await findKubernetes(['kubectl', 'helm'], environment, progress.say);
    return runTests({ kubeconfig: given, kubectl, helm, before: [], filters, environment });
  }
  await requireMachine();
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => void stopEarly(stopping));
  try {
    const { kubectl, helm } = await up();
    const kubeconfig = kubeconfigFile(cluster);
    const status = await runTests({
      kubeconfig,
      kubectl,
      helm,
      before: inside(cluster),
      filters,
      environment,
      signal: stopping.signal,
    });
    if (status !== 0) keepLogs();
    return status;
  } catch (error) {
    keepLogs();
    throw error;
  } finally {
    if (environment['KEEP'] === '1') explain(cluster);
    else await down('took the cluster down');
  }
}

async function up(): Promise<ClusterPrograms> {
  await installPackages(progress);
  if (hasLeftovers(cluster)) await down('removed an earlier cluster');
  const programs = await prepare();
  const directory = place(cluster, 'images');
  await progress.step('cluster is up', () =>
    clusterUp(
      cluster,
      programs,
      async (take) => {
        await bundle();
        const taken = async (archive: string): Promise<void> => {
          await take(archive);
          rmSync(archive);
        };
        await buildImages(directory, { environment, coredns: programs.coredns }, progress, taken);
      },
      progress,
    ),
  );
  return programs;
}

async function bundle(): Promise<void> {
  await progress.step('bundled the processes', async () => {
    await run([process.execPath, join(root, 'scripts/build.ts')]);
  });
}

async function imageParts(): Promise<ImageParts> {
  const { coredns } = await findKubernetes(['coredns'], environment, progress.say);
  return { environment, coredns };
}

/** Makes what this machine lacks, once, in about eight minutes on two cores: before anything has a deadline. */
async function prepare(): Promise<ClusterPrograms> {
  const [programs] = await Promise.all([
    progress.step('the programs of Kubernetes are there', () =>
      findKubernetes(PROGRAMS, environment, progress.say),
    ),
    prepareImages(environment, progress),
    findNatsServer(environment, progress.say),
  ]);
  return programs;
}

async function down(title: string): Promise<void> {
  await progress.step(title, () => clusterDown(cluster));
}

/** The logs of the cluster's own programs, which go with it. */
function keepLogs(): void {
  const logs = place(cluster, 'logs');
  if (existsSync(logs)) cpSync(logs, join(root, '.culvert', 'e2e-logs', 'cluster'), { recursive: true });
}

async function stopEarly(stopping: AbortController): Promise<void> {
  stopping.abort();
  await clusterDown(cluster);
  process.exit(130);
}

async function requireMachine(): Promise<void> {
  const reason = await whyNoCluster();
  if (reason === undefined) return;
  throw new Error(
    `This machine cannot hold a cluster (${reason}): set E2E_KUBECONFIG to the kubeconfig of one, or run this as root on Linux.`,
  );
}

function explain(up: Cluster): void {
  const shell = inside(up).join(' ');
  progress.say(`
The cluster runs in network namespace ${up.name}, with its data in ${up.directory}. To use it:

  export KUBECONFIG=${kubeconfigFile(up)}
  ${shell} kubectl get pods --all-namespaces

make cluster-down ends it.`);
}
