import type { CapturePolicy } from '@culvert/crds/capture-policy';
import { declaredTcpPorts, resolvePort, type ContainerPort } from './container-ports.ts';
import { DATABASE_PORTS } from './names.ts';
import { selects, type Labels } from './select-pods.ts';

/** What is known of a pod when it is made. */
export interface RedirectInput {
  readonly containerPorts: readonly ContainerPort[];
  /** The policies of the pod's namespace. */
  readonly policies: readonly CapturePolicy[];
  readonly labels: Labels;
  /** From the pod's annotation. */
  readonly excludedByAnnotation: readonly number[];
}

/**
 * The application's ports that are redirected to the sidecar when a pod is made: all that a policy may later want to
 * capture, because redirects stay as they are for the pod's life. Declared TCP ports, except those of databases that no
 * matching policy names; ports that a matching policy names by number; without what a policy or the annotation excludes.
 */
export function portsToRedirect(input: RedirectInput): readonly number[] {
  const { containerPorts, labels } = input;
  const matching = input.policies.filter((policy) => selects(policy, labels));
  const named = new Set(
    matching.flatMap(({ spec }) =>
      (spec.ports ?? []).flatMap(({ port }) => resolvePort(port, containerPorts)),
    ),
  );
  const excluded = new Set([
    ...input.excludedByAnnotation,
    ...matching.flatMap(({ spec }) =>
      (spec.excludePorts ?? []).flatMap((port) => resolvePort(port, containerPorts)),
    ),
  ]);
  const declared = declaredTcpPorts(containerPorts).filter((port) => !DATABASE_PORTS.includes(port));
  return [...new Set([...declared, ...named])].filter((port) => !excluded.has(port)).sort((a, b) => a - b);
}
