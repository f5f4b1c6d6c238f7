import { parseQuantity } from '../quantity.ts';
import type { Container, PodManifest, ResourceAmounts } from '../pod.ts';

/** What a container or a pod asks for of one resource, in its unit: cores or bytes. */
export interface Amount {
  readonly request: number | undefined;
  readonly limit: number | undefined;
}

/** The amount of one resource in requests and limits. A limit alone is a request too, as the API server has it. */
export function amountOf(resources: ResourceAmounts | null | undefined, resource: string): Amount {
  const read = (text: string | undefined): number | undefined =>
    text === undefined ? undefined : parseQuantity(text);
  const limit = read(resources?.limits?.[resource]);
  return { request: read(resources?.requests?.[resource]) ?? limit, limit };
}

/** A container as sums see it. */
export interface Part extends Amount {
  /** `init` ends before the next begins, `sidecar` stays, as `app` does. */
  readonly role: 'init' | 'sidecar' | 'app';
}

/** The containers of a pod in the order in which they start. */
export function partsOf(pod: PodManifest, resource: string): readonly Part[] {
  const init = (container: Container): Part['role'] =>
    container.restartPolicy === 'Always' ? 'sidecar' : 'init';
  return [
    ...(pod.spec?.initContainers ?? []).map((one) => ({
      ...amountOf(one.resources, resource),
      role: init(one),
    })),
    ...(pod.spec?.containers ?? []).map((one) => ({
      ...amountOf(one.resources, resource),
      role: 'app' as const,
    })),
  ];
}

/**
 * What a pod asks for in all, as the API server adds it up: what runs together is added, and an init container counts
 * beside the sidecars that started before it, where that is more.
 */
export function total(parts: readonly Part[]): Amount {
  return { request: sum(parts, 'request'), limit: sum(parts, 'limit') };
}

function sum(parts: readonly Part[], kind: keyof Amount): number | undefined {
  if (parts.every((part) => part[kind] === undefined)) return undefined;
  let running = 0;
  let most = 0;
  for (const part of parts) {
    const amount = part[kind] ?? 0;
    if (part.role === 'init') most = Math.max(most, running + amount);
    else running += amount;
  }
  return Math.max(most, running);
}
