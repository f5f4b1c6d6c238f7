import { ENOUGH_CPU_TEXT } from './needs.ts';
import { RESOURCE_ANNOTATIONS } from '@culvert/policy/names';
import type { PodManifest } from '../pod.ts';
import type { Resources } from '../resources.ts';
import { amountOf } from './amount.ts';

/** Whether a pod has the class Guaranteed: every container's limits of CPU and memory are its requests. */
export function isGuaranteed(pod: PodManifest): boolean {
  const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
  return (
    pod.spec?.resources == null &&
    containers.length > 0 &&
    containers.every(({ resources }) =>
      ['cpu', 'memory'].every((resource) => {
        const { request, limit } = amountOf(resources, resource);
        return limit !== undefined && limit > 0 && request === limit;
      }),
    )
  );
}

/**
 * The resources with which a container leaves its pod in the class Guaranteed: one amount for request and limit, which
 * is what an annotation says, else the limit.
 *
 * @returns the resources as they were, when annotations set a request and another limit
 */
export function asGuaranteed(resources: Resources, annotations: Readonly<Record<string, string>>): Resources {
  const { cpuRequest, cpuLimit, memoryRequest, memoryLimit } = RESOURCE_ANNOTATIONS;
  const says = (annotation: string): boolean => annotations[annotation] !== undefined;
  const equal = (resource: string, request: string, limit: string, fallback?: string): string | undefined => {
    const { requests, limits } = resources;
    if (says(request) && says(limit) && amountsDiffer(resources, resource)) return undefined;
    if (says(request) && !says(limit)) return requests?.[resource];
    return limits?.[resource] ?? larger(requests?.[resource], fallback);
  };
  const cpu = equal('cpu', cpuRequest, cpuLimit, ENOUGH_CPU_TEXT);
  const memory = equal('memory', memoryRequest, memoryLimit);
  if (cpu === undefined || memory === undefined) return resources;
  return {
    requests: { ...resources.requests, cpu, memory },
    limits: { ...resources.limits, cpu, memory },
  };
}

function amountsDiffer(resources: Resources, resource: string): boolean {
  const { request, limit } = amountOf(resources, resource);
  return request !== limit;
}

function larger(text: string | undefined, other: string | undefined): string | undefined {
  const size = (quantity: string | undefined): number =>
    amountOf({ ...(quantity !== undefined && { requests: { it: quantity } }) }, 'it').request ?? 0;
  return size(text) > size(other) ? text : other;
}
