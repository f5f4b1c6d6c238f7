import assert from 'node:assert/strict';
import type { V1Container, V1Pod } from '@kubernetes/client-node';

export const SIDECAR = 'culvert-sidecar';
export const REDIRECT = 'culvert-redirect';

/** Names of a pod's init containers in their order. */
export function initNames(pod: V1Pod): string[] {
  return (pod.spec?.initContainers ?? []).map(({ name }) => name);
}

/** A container of a pod, init containers included; fails the test when there is none. */
export function containerOf(pod: V1Pod, name: string): V1Container {
  const all = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
  const found = all.find((one) => one.name === name);
  assert.ok(found, `pod has container ${name}, not only ${all.map((one) => one.name).join(', ')}`);
  return found;
}

/** Whether a pod has the sidecar. */
export function hasSidecar(pod: V1Pod): boolean {
  return initNames(pod).includes(SIDECAR);
}
