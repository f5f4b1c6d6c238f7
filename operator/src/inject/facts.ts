import {
  INJECT_LABEL,
  MODE_ANNOTATION,
  REDIRECT_CONTAINER,
  SIDECAR_CONTAINER,
  SIDECAR_UID,
} from '@culvert/policy/names';
import { recordedRefusal, type RecordedRefusal } from './recorded.ts';
import { isTcp, longRunningContainers, type ContainerPort, type PodManifest } from './pod.ts';
import { VOLUME_NAMES } from './volumes.ts';

/** How traffic gets to the sidecar: by nftables rules, or by Services whose named port has moved to it. */
export const INJECTION_MODES = ['Redirect', 'NamedPorts'] as const;
export type InjectionMode = (typeof INJECTION_MODES)[number];
/**
 * What an installation says: a mode, or how to choose one. RedirectOnly is `auto` for API servers before 1.32, where
 * Services don't find the port names of sidecars: moving one would take the application off its Service.
 */
export const MODE_SETTINGS = ['auto', 'RedirectOnly', ...INJECTION_MODES] as const;
export type ModeSetting = (typeof MODE_SETTINGS)[number];

/** Everything that decides whether and how a pod is injected. */
export interface PodFacts {
  readonly namespace: string;
  /** `kube-system` and the operator's own. */
  readonly protectedNamespaces: readonly string[];
  /** The label `culvert.dev/inject` of the namespace and of the pod. */
  readonly namespaceLabel: string | undefined;
  readonly podLabel: string | undefined;
  /** The Pod Security level that the namespace enforces. */
  readonly podSecurity: string | undefined;
  readonly hasSidecar: boolean;
  readonly hostNetwork: boolean;
  /** Whether it mirrors a static pod, which the kubelet runs from a file whatever the API server says. */
  readonly mirror: boolean;
  readonly windows: boolean;
  /** Containers and volumes of the pod's own that have names of Culvert's. */
  readonly takenNames: readonly string[];
  /** Containers that run as the sidecar's user. */
  readonly containersWithSidecarUser: readonly string[];
  /** Every TCP port that a long-running container declares. */
  readonly ports: readonly ContainerPort[];
  /** Which ports should be captured, by number, in order. */
  readonly portsToCapture: readonly number[];
  readonly modeSetting: ModeSetting;
  readonly modeAnnotation: string | undefined;
  /** Why the webhook left the pod alone when it was made, where that can't be seen any more. */
  readonly recordedRefusal: RecordedRefusal | undefined;
}

/** What of a pod's surroundings the decision depends on. */
export interface Surroundings {
  readonly namespace: string;
  readonly namespaceLabels: Readonly<Record<string, string>>;
  readonly protectedNamespaces: readonly string[];
  readonly portsToCapture: readonly number[];
  readonly modeSetting: ModeSetting;
}

/** Collects the facts about a pod. The pod may be trimmed to what {@link PodManifest} names. */
export function factsOf(pod: PodManifest, surroundings: Surroundings): PodFacts {
  const { metadata, spec } = pod;
  const inits = spec?.initContainers ?? [];
  const containers = [...inits, ...(spec?.containers ?? [])];
  const hasSidecar = inits.some(({ name }) => name === SIDECAR_CONTAINER);
  const ours: readonly string[] = [SIDECAR_CONTAINER, REDIRECT_CONTAINER];
  return {
    namespace: surroundings.namespace,
    protectedNamespaces: surroundings.protectedNamespaces,
    namespaceLabel: surroundings.namespaceLabels[INJECT_LABEL],
    podLabel: metadata?.labels?.[INJECT_LABEL],
    podSecurity: surroundings.namespaceLabels['pod-security.kubernetes.io/enforce'],
    hasSidecar,
    hostNetwork: spec?.hostNetwork === true,
    mirror: metadata?.annotations?.['kubernetes.io/config.mirror'] !== undefined,
    windows: spec?.os?.name === 'windows' || spec?.nodeSelector?.['kubernetes.io/os'] === 'windows',
    takenNames: [
      ...containers.map(({ name }) => name).filter((name) => ours.includes(name)),
      ...(spec?.volumes ?? []).map(({ name }) => name).filter((name) => VOLUME_NAMES.includes(name)),
    ],
    containersWithSidecarUser: containers
      .filter(
        (container) =>
          (container.securityContext?.runAsUser ?? spec?.securityContext?.runAsUser) === SIDECAR_UID,
      )
      .map(({ name }) => name),
    ports: longRunningContainers(pod).flatMap(({ ports }) => (ports ?? []).filter(isTcp)),
    portsToCapture: surroundings.portsToCapture,
    modeSetting: surroundings.modeSetting,
    modeAnnotation: metadata?.annotations?.[MODE_ANNOTATION],
    recordedRefusal: recordedRefusal(metadata?.annotations ?? {}),
  };
}
