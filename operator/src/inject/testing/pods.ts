import { decideInjection } from '../decide.ts';
import { factsOf, type PodFacts } from '../facts.ts';
import { injectionPatch, type InjectionPatch } from '../patch.ts';
import { isTcp, longRunningContainers, type PodManifest } from '../pod.ts';
import type { InjectionSettings } from '../settings.ts';
import { wantedResources } from '../wanted-resources.ts';

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
    recordedRefusal: undefined,
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

/** Settings of an installation, unless changed. */
export function someSettings(changes: Partial<InjectionSettings> = {}): InjectionSettings {
  return {
    version: '0.1.0',
    image: 'registry.example/culvert/sidecar:0.1.0',
    pullPolicy: 'IfNotPresent',
    pullSecrets: [],
    cluster: 'blue',
    natsUrl: 'nats://culvert-nats.culvert-system.svc:4222',
    sidecarResources: { requests: { cpu: '20m', memory: '64Mi' }, limits: { memory: '192Mi' } },
    redirectResources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } },
    environment: { CULVERT_LOG_LEVEL: 'warn', CULVERT_SPOOL_BYTES: '33554432' },
    stateSizeLimit: '256Mi',
    mode: 'auto',
    protectedNamespaces: ['kube-system', 'culvert-system'],
    ...changes,
  };
}

/** The patch of a pod whose declared TCP ports are all to be captured, unless others are named. */
export function patchFor(
  pod: PodManifest,
  options: {
    readonly namespaceLabels?: Readonly<Record<string, string>>;
    readonly portsToCapture?: readonly number[];
    readonly settings?: Partial<InjectionSettings>;
    readonly document?: string;
  } = {},
): InjectionPatch {
  const settings = someSettings(options.settings);
  const declared = longRunningContainers(pod).flatMap(({ ports }) => (ports ?? []).filter(isTcp));
  const facts = factsOf(pod, {
    namespace: 'shop',
    namespaceLabels: { 'culvert.dev/inject': 'enabled', ...options.namespaceLabels },
    protectedNamespaces: settings.protectedNamespaces,
    portsToCapture: options.portsToCapture ?? [...new Set(declared.map((port) => port.containerPort))],
    modeSetting: settings.mode,
  });
  const decision = decideInjection(facts);
  const wanted = wantedResources(pod, decision, settings);
  const { patch, warnings } = injectionPatch(pod, {
    decision,
    resources: wanted.resources,
    workload: 'Deployment/web',
    configKey: 'workload.shop.Deployment.web.0a1b2c3d',
    document: options.document ?? '{"schemaVersion":1,"kind":"Workload","revision":"0011223344556677"}',
    settings,
  });
  return { patch, warnings: decision.inject ? [...wanted.warnings, ...warnings] : warnings };
}
