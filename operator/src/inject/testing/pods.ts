import type { PodFacts } from '../facts.ts';
import type { PodManifest } from '../pod.ts';

/** Facts about a pod that is injected, unless changed. */
export function someFacts(changes: Partial<PodFacts> = {}): PodFacts {
  return {
    namespace: 'shop',
    protectedNamespaces: ['kube-system', 'culvert-system'],
    namespaceLabel: 'enabled',
    podLabel: undefined,
    podSecurity: undefined,
    hasSidecar: false,
    hostNetwork: false,
    mirror: false,
    windows: false,
    takenNames: [],
    containersWithSidecarUser: [],
    ports: [{ name: 'http', containerPort: 8080 }],
    portsToCapture: [8080],
    modeSetting: 'auto',
    modeAnnotation: undefined,
    ...changes,
  };
}

/** The metadata that a ReplicaSet gives its pods. */
export const DEPLOYMENT_METADATA = {
  generateName: 'web-5d9c7b8f4d-',
  namespace: 'shop',
  labels: { app: 'web', 'pod-template-hash': '5d9c7b8f4d' },
  ownerReferences: [
    {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      name: 'web-5d9c7b8f4d',
      uid: '7b0c6a5e-2f2e-4f0e-9b1a-0f4f5f0c9a11',
      controller: true,
    },
  ],
} satisfies NonNullable<PodManifest['metadata']>;
