import type { PodFacts } from './facts.ts';

/**
 * The captured ports that Services can find by name: where two containers use one name, a Service reaches the port
 * of the first, so only that one counts.
 */
export function namedPorts(facts: Pick<PodFacts, 'ports' | 'portsToCapture'>): readonly number[] {
  const names = new Set<string>();
  const found = new Set<number>();
  for (const { name, containerPort } of facts.ports) {
    if (name === undefined || name === '' || names.has(name)) continue;
    names.add(name);
    if (facts.portsToCapture.includes(containerPort)) found.add(containerPort);
  }
  return facts.portsToCapture.filter((port) => found.has(port));
}
