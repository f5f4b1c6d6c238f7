/** A namespace with 10 policies and 50 pods, of which the cluster of the operator suite has 100. */
export const NAMESPACES = 100;
export const POLICIES_EACH = 10;
export const PODS_EACH = 50;

export function namespaceName(index: number): string {
  return `team-${String(index).padStart(3, '0')}`;
}

/** A namespace. */
export function namespaceObject(name: string, optedIn: boolean): object {
  const labels = optedIn ? { 'culvert.dev/inject': 'enabled' } : {};
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

/** A policy that selects one application of its namespace. */
export function policyObject(namespace: string, index: number): object {
  return {
    apiVersion: 'culvert.dev/v1alpha1',
    kind: 'CapturePolicy',
    metadata: { name: `policy-${index}`, namespace },
    spec: {
      selector: { matchLabels: { app: `app-${index}` } },
      ports: [{ port: 'http' }],
      exclude: [{ paths: [{ value: '/healthz' }] }],
      sampling: { percent: 50 },
      redaction: { headers: ['x-internal-token'], queryParameters: ['token'] },
    },
  };
}

/** A pod as a Deployment makes them, of about the size that real ones have. */
export function podObject(namespace: string, index: number): object {
  const app = `app-${index % POLICIES_EACH}`;
  const hash = '7c9f8b6d54';
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${app}-${hash}-${String(index).padStart(5, '0')}`,
      namespace,
      labels: { app, 'pod-template-hash': hash, team: namespace, tier: 'backend', version: 'v1.27.3' },
      annotations: { 'prometheus.io/scrape': 'true', 'checksum/config': 'a'.repeat(64) },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: `${app}-${hash}`,
          uid: '5ac0d5a6-9f8f-4d57-8c1e-0d2f4f5f6a7b',
          controller: true,
        },
      ],
    },
    spec: {
      nodeName: 'node-1',
      containers: [
        {
          name: 'app',
          image: `registry.example/${namespace}/${app}:v1.27.3`,
          ports: [
            { name: 'http', containerPort: 8080 },
            { name: 'metrics', containerPort: 9100 },
          ],
          env: Array.from({ length: 24 }, (_, i) => ({
            name: `SETTING_${i}`,
            value: `value-${i}`.repeat(4),
          })),
          readinessProbe: { httpGet: { path: '/healthz', port: 'http' } },
          resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
        },
      ],
    },
  };
}

/** What a kubelet would report. */
export function runningStatus(index: number): object {
  const address = `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;
  return {
    status: {
      phase: 'Running',
      podIP: address,
      podIPs: [{ ip: address }],
      conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
        type,
        status: 'True',
        lastTransitionTime: '2026-01-01T00:00:00Z',
      })),
    },
  };
}
