import { quote } from './quote.ts';
import { RESOURCE_ANNOTATIONS } from '@culvert/policy/names';
import { parseQuantity } from './quantity.ts';

/** Requests and limits of a container, as quantities. */
export interface Resources {
  readonly requests?: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, string>>;
}

const KINDS = [
  { name: 'cpu', request: RESOURCE_ANNOTATIONS.cpuRequest, limit: RESOURCE_ANNOTATIONS.cpuLimit },
  { name: 'memory', request: RESOURCE_ANNOTATIONS.memoryRequest, limit: RESOURCE_ANNOTATIONS.memoryLimit },
] as const;

/**
 * The resources of a pod's sidecar: the installation's, changed by annotations of the pod. A request above a default
 * limit raises that, a limit below a default request lowers that; what makes no sense counts as not set.
 */
export function resourcesFor(
  defaults: Resources,
  annotations: Readonly<Record<string, string>>,
): { readonly resources: Resources; readonly warnings: readonly string[] } {
  const requests: Record<string, string> = { ...defaults.requests };
  const limits: Record<string, string> = { ...defaults.limits };
  const warnings: string[] = [];
  const read = (annotation: string): string | undefined => {
    const text = annotations[annotation];
    if (text === undefined || (parseQuantity(text) ?? 0) > 0) return text;
    warnings.push(
      `annotation ${annotation} must be a quantity such as 100m or 64Mi, not ${quote(text)}; it counts as not set`,
    );
    return undefined;
  };
  for (const kind of KINDS) {
    const request = read(kind.request);
    const limit = read(kind.limit);
    if (request !== undefined && limit !== undefined && exceeds(request, limit)) {
      warnings.push(
        `annotation ${kind.request} (${request}) must not exceed ${kind.limit} (${limit}); both count as not set`,
      );
      continue;
    }
    if (request !== undefined) requests[kind.name] = request;
    if (limit !== undefined) limits[kind.name] = limit;
    if (!exceeds(requests[kind.name], limits[kind.name])) continue;
    if (request === undefined) requests[kind.name] = limits[kind.name] ?? '';
    else limits[kind.name] = request;
  }
  return {
    resources: {
      ...(Object.keys(requests).length > 0 && { requests }),
      ...(Object.keys(limits).length > 0 && { limits }),
    },
    warnings,
  };
}

function exceeds(request: string | undefined, limit: string | undefined): boolean {
  if (request === undefined || limit === undefined) return false;
  return (parseQuantity(request) ?? 0) > (parseQuantity(limit) ?? Number.POSITIVE_INFINITY);
}
