import type { CapturePolicy } from '@culvert/crds/capture-policy';
import { portsToRedirect } from '@culvert/policy/ports';
import { applicationPorts } from './application-ports.ts';
import { decideInjection, type Decision } from './decide.ts';
import { excludedPorts } from './excluded-ports.ts';
import { factsOf } from './facts.ts';
import type { ContainerPort, PodManifest } from './pod.ts';
import type { InjectionSettings } from './settings.ts';

/** What surrounds a pod. */
export interface PodSurroundings {
  readonly namespace: string;
  readonly namespaceLabels: Readonly<Record<string, string>>;
  /** Those of the namespace. */
  readonly policies: readonly CapturePolicy[];
}

/** What is found out about a pod. */
export interface Examination {
  readonly decision: Decision;
  /** The ports that its author declared. */
  readonly ports: readonly ContainerPort[];
  /** A sentence for each annotation that can't be followed. */
  readonly warnings: readonly string[];
}

/** Looks at a pod, when it is made or later, and decides whether and how it is injected. */
export function examinePod(
  pod: PodManifest,
  surroundings: PodSurroundings,
  settings: Pick<InjectionSettings, 'mode' | 'protectedNamespaces'>,
): Examination {
  const ports = applicationPorts(pod);
  const excluded = excludedPorts(pod.metadata?.annotations ?? {}, ports);
  const facts = factsOf(pod, {
    namespace: surroundings.namespace,
    namespaceLabels: surroundings.namespaceLabels,
    protectedNamespaces: settings.protectedNamespaces,
    portsToCapture: portsToRedirect({
      containerPorts: ports,
      policies: surroundings.policies,
      labels: pod.metadata?.labels ?? {},
      excludedByAnnotation: excluded.ports,
    }),
    modeSetting: settings.mode,
  });
  return { decision: decideInjection(facts), ports, warnings: excluded.warnings };
}
