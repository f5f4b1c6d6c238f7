import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startKubernetesApi, type KubernetesApi } from '@culvert/demo/launcher/kubernetes-api';
import type { Bench } from '../../context.ts';
import { createApiClient, inParallel, type ApiClient } from './api-client.ts';
import {
  NAMESPACES,
  namespaceName,
  namespaceObject,
  podObject,
  PODS_EACH,
  POLICIES_EACH,
  policyObject,
  runningStatus,
} from './objects.ts';

const AT_ONCE = 16;

/** An API server with Culvert's resource definitions. */
export interface Cluster {
  readonly api: KubernetesApi;
  readonly client: ApiClient;
  /** Creates an object; fails loudly when that is refused. */
  readonly create: (path: string, object: object) => Promise<void>;
  /** Creates a namespace with the service account that pods need. */
  readonly createNamespace: (name: string, optedIn: boolean) => Promise<void>;
}

/** Starts an API server and teaches it Culvert's resources. */
export async function startCluster(bench: Bench): Promise<Cluster> {
  const api = bench.children.own(
    await startKubernetesApi({
      serviceAccounts: true,
      say: bench.progress,
      logFile: join(bench.workDirectory, 'kubernetes.log'),
    }),
  );
  await api.apply(await readFile(join(bench.root, 'crds', 'capturepolicies.yaml'), 'utf8'));
  const client = createApiClient(api);
  bench.children.own({
    stop: () => {
      client.close();
      return Promise.resolve();
    },
  });
  const create: Cluster['create'] = async (path, object) => {
    const { status, text } = await client.send('POST', path, object);
    if (status !== 201) throw new Error(`${path} was answered ${status}: ${text.slice(0, 500)}`);
  };
  const createNamespace: Cluster['createNamespace'] = async (name, optedIn) => {
    await create('/api/v1/namespaces', namespaceObject(name, optedIn));
    await create(`/api/v1/namespaces/${name}/serviceaccounts`, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default' },
    });
  };
  return { api, client, create, createNamespace };
}

/** Makes all namespaces and policies, then all pods, which pass the webhook, and lets them look as if they ran. */
export async function populate({ create, createNamespace, client }: Cluster): Promise<void> {
  const namespaces = Array.from({ length: NAMESPACES }, (_, index) => namespaceName(index));
  await inParallel(namespaces, AT_ONCE, async (name) => {
    await createNamespace(name, true);
    for (let index = 0; index < POLICIES_EACH; index++)
      await create(
        `/apis/culvert.dev/v1alpha1/namespaces/${name}/capturepolicies`,
        policyObject(name, index),
      );
  });
  const pods = namespaces.flatMap((name, place) =>
    Array.from({ length: PODS_EACH }, (_, index) => ({ name, index, number: place * PODS_EACH + index })),
  );
  await inParallel(pods, AT_ONCE, async ({ name, index, number }) => {
    const path = `/api/v1/namespaces/${name}/pods`;
    const pod = podObject(name, index) as { metadata: { name: string } };
    await create(path, pod);
    const { status, text } = await client.send(
      'PATCH',
      `${path}/${pod.metadata.name}/status`,
      runningStatus(number),
    );
    if (status !== 200) throw new Error(`a status was answered ${status}: ${text.slice(0, 500)}`);
  });
}

/** Watches that the API server serves now, from its own metrics. */
export async function countWatches({ client }: Cluster): Promise<number> {
  const { text } = await client.send('GET', '/metrics');
  let watches = 0;
  for (const line of text.split('\n')) {
    if (!line.startsWith('apiserver_longrunning_requests{') || !line.includes('verb="WATCH"')) continue;
    watches += Number(line.slice(line.lastIndexOf(' ') + 1));
  }
  return watches;
}

/** How many policies have a status that stands for what is there: every pod of theirs found and injected. */
export async function settledPolicies({ client }: Cluster): Promise<number> {
  const { text } = await client.send('GET', '/apis/culvert.dev/v1alpha1/capturepolicies');
  const { items } = JSON.parse(text) as {
    items: { status?: { matchedPods?: number; injectedPods?: number } }[];
  };
  const expected = PODS_EACH / POLICIES_EACH;
  return items.filter(({ status }) => status?.matchedPods === expected && status.injectedPods === expected)
    .length;
}
