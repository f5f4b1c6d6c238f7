import { startKubernetesApi, type KubernetesApi } from '@culvert/demo/launcher/kubernetes-api';
import { systemClock } from '@culvert/runtime/clock';
import { createLogger } from '@culvert/runtime/log';
import { KubeConfig } from '@kubernetes/client-node';
import { Registry } from 'prom-client';
import type { AdmissionLookups, AdmissionNotice } from '../../inject/admit.ts';
import { someSettings } from '../../inject/testing/pods.ts';
import { createKubernetesClient, type KubernetesClient } from '../../kubernetes/client.ts';
import { readNamespaceLimits } from '../../namespace-limits.ts';
import { systemTimers } from '../../queue/timers.ts';
import { noTracing } from '@culvert/runtime/tracing/tracing';
import { startInjector, type Injector } from '../injector.ts';
import { webhookConfiguration } from './configuration.ts';
import { podRequests, type PodRequests } from './pod-requests.ts';

/** An API server that asks a webhook. */
export interface InstalledWebhook {
  readonly api: KubernetesApi;
  readonly client: KubernetesClient;
  readonly injector: Injector;
  readonly registry: Registry;
  readonly notices: readonly AdmissionNotice[];
  readonly pods: PodRequests;
  register(failurePolicy: 'Ignore' | 'Fail'): Promise<void>;
  stop(): Promise<void>;
}

const CONFIGURATION = 'culvert-injector';
export const OPERATOR_NAMESPACE = 'culvert-system';

/** Looks everything up anew. */
function liveLookups(client: KubernetesClient): AdmissionLookups {
  return {
    namespaceLabels: () => undefined,
    async readNamespaceLabels(namespace) {
      const { metadata } = await client.get<{ metadata: { labels?: Record<string, string> } }>(
        `/api/v1/namespaces/${namespace}`,
      );
      return metadata.labels ?? {};
    },
    policies: () => ({ policies: [] }),
    limits: readNamespaceLimits(client, systemTimers, createLogger('operator', 'fatal')),
    pullProblem: () => Promise.resolve(undefined),
  };
}

/** A client with an administrator's rights, or with those of another kubeconfig. */
export function clientOf(api: KubernetesApi, kubeconfigFile = api.kubeconfigFile): KubernetesClient {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(kubeconfigFile);
  return createKubernetesClient(kubeConfig, noTracing);
}

/** Starts an API server and a webhook, which is not registered yet. */
export async function installWebhook(): Promise<InstalledWebhook> {
  const api = await startKubernetesApi({ serviceAccounts: true });
  const client = clientOf(api);
  const registry = new Registry();
  const notices: AdmissionNotice[] = [];
  await api.createNamespace(OPERATOR_NAMESPACE);
  const aheadMs = (await api.now()) - systemClock.now();
  const injector = await startInjector({
    host: '127.0.0.1',
    port: 0,
    namespace: OPERATOR_NAMESPACE,
    name: 'culvert',
    configuration: CONFIGURATION,
    service: '127.0.0.1',
    certificates: 'managed',
    certificateDir: '',
    patchCaBundle: true,
    client,
    lookups: liveLookups(client),
    settings: someSettings(),
    registry,
    tracing: noTracing,
    // The API server judges the certificates, by a clock of its own.
    clock: { now: () => systemClock.now() + aheadMs },
    log: createLogger('operator', 'fatal'),
    notify: (notice) => notices.push(notice),
    leads: () => true,
  });
  const pods = podRequests(api.kubeconfigFile);
  return {
    api,
    client,
    injector,
    registry,
    notices,
    pods,
    async register(failurePolicy) {
      const excludedNamespaces = ['kube-system', OPERATOR_NAMESPACE];
      const options = { name: CONFIGURATION, port: injector.port, failurePolicy, excludedNamespaces };
      await api.apply(JSON.stringify(webhookConfiguration(options)));
    },
    async stop() {
      pods.close();
      await injector.close();
      client.close();
      await api.stop();
    },
  };
}
