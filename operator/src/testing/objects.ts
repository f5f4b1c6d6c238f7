import { AgentHeartbeat, AgentIdentity } from '@culvert/proto';
import { agentSubject } from '@culvert/traffic/subject';
import type { NatsConnection } from '@nats-io/transport-node';
import type { KubernetesClient } from '../kubernetes/client.ts';
import type { KubernetesObject } from '../kubernetes/objects.ts';
import type { Condition, PolicyStatus } from '../reconcile/policy-status.ts';

/** A policy with its status. */
export interface Policy extends KubernetesObject {
  readonly status?: PolicyStatus;
}

const POLICIES = '/apis/culvert.dev/v1alpha1/namespaces';

/** Applies a policy as its author would. */
export async function applyPolicy(
  client: KubernetesClient,
  namespace: string,
  name: string,
  spec: object,
): Promise<Policy> {
  const path = `${POLICIES}/${namespace}/capturepolicies`;
  const object = { apiVersion: 'culvert.dev/v1alpha1', kind: 'CapturePolicy', metadata: { name }, spec };
  const there = await client.get<Policy>(`${path}/${name}`).catch(() => undefined);
  return there === undefined ? client.create(path, object) : client.merge(`${path}/${name}`, { spec });
}

export function readPolicy(client: KubernetesClient, namespace: string, name: string): Promise<Policy> {
  return client.get(`${POLICIES}/${namespace}/capturepolicies/${name}`);
}

/** A condition of a policy as `status reason`, or an empty text. */
export function conditionOf(policy: Policy, type: string): string {
  const condition: Condition | undefined = policy.status?.conditions?.find((one) => one.type === type);
  return condition === undefined ? '' : `${condition.status} ${condition.reason}`;
}

/** What a test's pod is like. */
export interface PodOptions {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
  readonly owner?: { readonly kind: string; readonly name: string };
  /** With the sidecar: where it looks for its document, and what it captures. */
  readonly sidecar?: { readonly key: string; readonly captured: readonly number[]; readonly mode?: string };
}

/** Makes a pod that runs, as far as the API server can tell: there is no kubelet. */
export async function createPod(
  client: KubernetesClient,
  namespace: string,
  options: PodOptions,
): Promise<KubernetesObject> {
  const { name, sidecar, owner, ports = [{ containerPort: 8080 }] } = options;
  const path = `/api/v1/namespaces/${namespace}/pods`;
  await client.create(path, {
    metadata: {
      name,
      labels: { ...options.labels, ...(sidecar && { 'culvert.dev/injected': 'true' }) },
      annotations: {
        ...options.annotations,
        ...(sidecar && {
          'culvert.dev/config-key': sidecar.key,
          'culvert.dev/captured-ports': sidecar.captured.join(','),
          'culvert.dev/mode': sidecar.mode ?? 'Redirect',
        }),
      },
      ...(owner && {
        ownerReferences: [{ apiVersion: 'apps/v1', ...owner, uid: `uid-of-${owner.name}`, controller: true }],
      }),
    },
    spec: {
      ...(sidecar && {
        initContainers: [{ name: 'culvert-sidecar', image: 'sidecar', restartPolicy: 'Always' }],
      }),
      containers: [{ name: 'application', image: 'application', ports }],
    },
  });
  return client.merge(`${path}/${name}/status`, {
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  });
}

/** Deletes a pod at once, as its kubelet would once it has ended. */
export async function deletePod(client: KubernetesClient, namespace: string, name: string): Promise<void> {
  await client.remove(`/api/v1/namespaces/${namespace}/pods/${name}?gracePeriodSeconds=0`);
}

/** Says what a sidecar says with each heartbeat. */
export function beat(nats: NatsConnection, pod: KubernetesObject, revision: string, cluster = 'local'): void {
  const agentId = pod.metadata.uid ?? '';
  const namespace = pod.metadata.namespace ?? '';
  const identity = AgentIdentity.fromPartial({ cluster, namespace, role: 'capture' });
  const heartbeat = AgentHeartbeat.fromPartial({ agentId, identity, configRevision: revision });
  nats.publish(
    agentSubject('metrics', { cluster, namespace, agentId }),
    AgentHeartbeat.encode(heartbeat).finish(),
  );
}
