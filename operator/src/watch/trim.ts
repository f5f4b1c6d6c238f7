import { INJECT_LABEL } from '@culvert/policy/names';
import type { KubernetesObject, ObjectMetadata } from '../kubernetes/objects.ts';
import { shared } from './shared-text.ts';

const POD_SECURITY_LABEL = 'pod-security.kubernetes.io/enforce';

/** A namespace with the labels that injection asks for. */
export interface TrimmedNamespace {
  readonly metadata: ObjectMetadata;
}

/** A Service with what its traffic is sent to. */
export interface TrimmedService {
  readonly metadata: ObjectMetadata & { readonly name: string };
  /** Undefined where endpoints are made by somebody else. */
  readonly selector: Readonly<Record<string, string>> | undefined;
  readonly ports: readonly { readonly port: number; readonly targetPort: number | string }[];
}

interface WholeService extends KubernetesObject {
  readonly spec?: {
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports?: readonly {
      readonly port: number;
      readonly targetPort?: number | string;
      readonly protocol?: string;
    }[];
  };
}

/** Keeps a namespace's name and the two labels that injection reads. */
export function trimNamespace({ metadata }: KubernetesObject): TrimmedNamespace {
  const labels: Record<string, string> = {};
  for (const name of [INJECT_LABEL, POD_SECURITY_LABEL]) {
    const value = metadata.labels?.[name];
    if (value !== undefined) labels[name] = shared(value);
  }
  return {
    metadata: {
      name: metadata.name,
      labels,
      ...(metadata.deletionTimestamp !== undefined && { deletionTimestamp: metadata.deletionTimestamp }),
    },
  };
}

/** Keeps a Service's selector and TCP ports. */
export function trimService(object: KubernetesObject): TrimmedService {
  const { metadata, spec } = object as WholeService;
  const selector = Object.entries(spec?.selector ?? {});
  return {
    metadata: { name: metadata.name, namespace: metadata.namespace },
    selector:
      selector.length === 0
        ? undefined
        : Object.fromEntries(selector.map(([name, value]) => [shared(name), shared(value)])),
    ports: (spec?.ports ?? [])
      .filter(({ protocol }) => (protocol ?? 'TCP') === 'TCP')
      .map(({ port, targetPort }) => ({ port, targetPort: targetPort ?? port })),
  };
}
