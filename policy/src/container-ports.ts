/** A port that a container declares. */
export interface ContainerPort {
  readonly name?: string | undefined;
  readonly containerPort: number;
  /** TCP when it is left out. */
  readonly protocol?: string | undefined;
}

/** The numbers of the TCP ports that containers declare, each once, in ascending order. */
export function declaredTcpPorts(containerPorts: readonly ContainerPort[]): readonly number[] {
  const numbers = containerPorts.filter(isTcp).map(({ containerPort }) => containerPort);
  return [...new Set(numbers)].sort((a, b) => a - b);
}

/**
 * The numbers that a port in a policy stands for: itself, or all TCP ports of that name, since several containers of a
 * pod may use one name. None when no container declares the name.
 */
export function resolvePort(
  port: number | string,
  containerPorts: readonly ContainerPort[],
): readonly number[] {
  if (typeof port === 'number') return [port];
  return declaredTcpPorts(containerPorts.filter(({ name }) => name === port));
}

function isTcp({ protocol }: ContainerPort): boolean {
  return protocol === undefined || protocol === 'TCP';
}
