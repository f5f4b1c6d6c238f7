import type { CapturePolicy } from '@culvert/crds/capture-policy';
import type { PortRules } from '@culvert/traffic/select/rules';
import { declaredTcpPorts, resolvePort, type ContainerPort } from './container-ports.ts';
import { DATABASE_PORTS } from './names.ts';

/** Which ports of one pod a policy speaks of. */
export interface Coverage {
  readonly policy: CapturePolicy;
  /** The protocol of each port that it captures. */
  readonly ports: ReadonlyMap<number, PortRules['protocol']>;
  /** Whether it captures whatever other ports there are. */
  readonly others: boolean;
  readonly excluded: ReadonlySet<number>;
  /** Names of ports to capture that no container declares. */
  readonly missing: readonly string[];
}

/** Resolves what a policy says of ports by what containers declare. */
export function coverageOf(policy: CapturePolicy, containerPorts: readonly ContainerPort[]): Coverage {
  const { ports: named = [], excludePorts = [] } = policy.spec;
  const others = named.length === 0;
  const ports = new Map<number, PortRules['protocol']>(
    named.flatMap(({ port, protocol }) =>
      resolvePort(port, containerPorts).map((number) => [number, protocol] as const),
    ),
  );
  if (others)
    for (const port of declaredTcpPorts(containerPorts))
      if (!DATABASE_PORTS.includes(port)) ports.set(port, 'HTTP');
  return {
    policy,
    ports,
    others,
    excluded: new Set(excludePorts.flatMap((port) => resolvePort(port, containerPorts))),
    missing: named
      .map(({ port }) => port)
      .filter((port) => typeof port === 'string')
      .filter((name) => resolvePort(name, containerPorts).length === 0),
  };
}
