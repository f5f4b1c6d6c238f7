/** Paths of the API server's resources. */

const CULVERT = '/apis/culvert.dev/v1alpha1';

export const LISTS = {
  capturePolicies: `${CULVERT}/capturepolicies`,
  pods: '/api/v1/pods',
  namespaces: '/api/v1/namespaces',
  services: '/api/v1/services',
} as const;

/** The status of a CapturePolicy. */
export function policyStatusPath(namespace: string, name: string): string {
  return `${CULVERT}/namespaces/${namespace}/capturepolicies/${name}/status`;
}

export function secretPath(namespace: string, name: string): string {
  return `/api/v1/namespaces/${namespace}/secrets/${name}`;
}

/** `plural` is `limitranges` or `resourcequotas`. */
export function limitsPath(namespace: string, plural: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/${plural}`;
}

export function leasesPath(namespace: string): string {
  return `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
}

export function eventsPath(namespace: string): string {
  return `/apis/events.k8s.io/v1/namespaces/${namespace}/events`;
}

/** `plural` is `deployments`, `statefulsets` or `daemonsets`. */
export function workloadsPath(namespace: string, plural: string): string {
  return `/apis/apps/v1/namespaces/${namespace}/${plural}`;
}
