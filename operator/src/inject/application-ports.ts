import { CAPTURED_PORTS_ANNOTATION, SIDECAR_CONTAINER } from '@culvert/policy/names';
import { capturePort } from './containers.ts';
import { isTcp, longRunningContainers, type ContainerPort, type PodManifest } from './pod.ts';

/**
 * The ports that a pod's application declares, as its author wrote them: where names have moved to the sidecar, they are
 * given back, so that policies that use a name mean the same before and after injection.
 */
export function applicationPorts(pod: PodManifest): readonly ContainerPort[] {
  const containers = longRunningContainers(pod);
  const declared = containers
    .filter(({ name }) => name !== SIDECAR_CONTAINER)
    .flatMap(({ ports }) => ports ?? []);
  const captured = capturedPorts(pod);
  const sidecar = containers.find(({ name }) => name === SIDECAR_CONTAINER);
  const named = (sidecar?.ports ?? []).flatMap(({ name, containerPort }) => {
    const port = captured.find((_, index) => capturePort(index) === containerPort);
    return port === undefined || name === undefined ? [] : [{ name, containerPort: port }];
  });
  const isNamed = (port: ContainerPort): boolean =>
    named.some(
      ({ containerPort }) => containerPort === port.containerPort && port.name === undefined && isTcp(port),
    );
  return [...named, ...declared.filter((port) => !isNamed(port))];
}

/** The ports that an injected pod's sidecar captures; none for others. */
export function capturedPorts(pod: PodManifest): readonly number[] {
  const text = pod.metadata?.annotations?.[CAPTURED_PORTS_ANNOTATION] ?? '';
  return text.split(',').flatMap((item) => (/^\d+$/.test(item) ? [Number(item)] : []));
}
