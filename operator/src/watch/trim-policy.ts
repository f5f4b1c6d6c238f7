import type { KubernetesObject, ObjectMetadata } from '../kubernetes/objects.ts';
import type { PolicyStatus } from '../reconcile/policy-status.ts';

/** A CapturePolicy as the API server has it, without what other clients left in its metadata. */
export interface KeptPolicy {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMetadata & {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly generation: number;
    readonly creationTimestamp: string;
  };
  /** Not looked at yet: it may be anything that an older or newer definition let pass. */
  readonly spec: unknown;
  readonly status: PolicyStatus | undefined;
}

/** Leaves out managed fields, labels and annotations. */
export function trimPolicy(object: KubernetesObject): KeptPolicy {
  const { metadata, spec, status } = object as KubernetesObject & {
    readonly spec?: unknown;
    readonly status?: PolicyStatus;
  };
  return {
    apiVersion: 'culvert.dev/v1alpha1',
    kind: 'CapturePolicy',
    metadata: {
      name: metadata.name,
      namespace: metadata.namespace ?? '',
      uid: metadata.uid ?? '',
      generation: metadata.generation ?? 0,
      creationTimestamp: metadata.creationTimestamp ?? '',
      resourceVersion: metadata.resourceVersion,
    },
    spec,
    status,
  };
}

/** What of a policy calls for work: not the status, which is written by that work. */
export function significantOfPolicy({ metadata }: KeptPolicy): unknown {
  return [metadata.uid, metadata.generation];
}
