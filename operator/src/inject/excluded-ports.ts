import { EXCLUDE_PORTS_ANNOTATION } from '@culvert/policy/names';
import { isTcp, type ContainerPort } from './pod.ts';
import { quote } from './quote.ts';

/** Reads which ports a pod's annotation leaves out: numbers or names, separated by commas. */
export function excludedPorts(
  annotations: Readonly<Record<string, string>>,
  declared: readonly ContainerPort[],
): { readonly ports: readonly number[]; readonly warnings: readonly string[] } {
  const ports: number[] = [];
  const warnings: string[] = [];
  for (const part of (annotations[EXCLUDE_PORTS_ANNOTATION] ?? '').split(',')) {
    const item = part.trim();
    if (item === '') continue;
    const named = declared.filter((port) => isTcp(port) && port.name === item);
    const number = /^\d{1,5}$/.test(item) ? Number(item) : 0;
    if (named.length > 0) ports.push(...named.map((port) => port.containerPort));
    else if (number >= 1 && number <= 65_535) ports.push(number);
    else {
      warnings.push(
        `annotation ${EXCLUDE_PORTS_ANNOTATION} must list ports by number or by name of a containerPort, separated by commas; ${quote(item)} is neither and is passed over`,
      );
    }
  }
  return { ports, warnings };
}
