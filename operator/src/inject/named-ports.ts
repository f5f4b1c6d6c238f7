import type { ContainerPort } from './pod.ts';

/** A port name that moves from the application's container to the sidecar. */
export interface MovedName {
  readonly name: string;
  /** The application's port. */
  readonly port: number;
}

/**
 * The names of captured ports that Services can find. Where two containers use one name, a Service reaches the port of
 * the first, so only that one counts.
 *
 * @param ports declared TCP ports, in the order in which Services look for names
 */
export function namesToMove(
  ports: readonly ContainerPort[],
  portsToCapture: readonly number[],
): readonly MovedName[] {
  const seen = new Set<string>();
  const moved: MovedName[] = [];
  for (const { name, containerPort } of ports) {
    if (name === undefined || name === '' || seen.has(name)) continue;
    seen.add(name);
    if (portsToCapture.includes(containerPort)) moved.push({ name, port: containerPort });
  }
  return moved;
}

/** Those of the ports to capture that have a name that can move. */
export function reachableByName(
  ports: readonly ContainerPort[],
  portsToCapture: readonly number[],
): readonly number[] {
  const named = namesToMove(ports, portsToCapture).map(({ port }) => port);
  return portsToCapture.filter((port) => named.includes(port));
}
