import type { CapturePolicy } from '@culvert/crds/capture-policy';
import type { ObjectMeta } from '@culvert/crds/object-meta';
import { validateResource } from '../validate.ts';

/** A policy as the API server would give it out: valid and with defaults. */
export function policyOf(spec: unknown, metadata: Partial<ObjectMeta> = {}): CapturePolicy {
  const validation = validateResource({
    apiVersion: 'culvert.dev/v1alpha1',
    kind: 'CapturePolicy',
    metadata: {
      name: 'cart',
      namespace: 'shop',
      uid: `uid-of-${metadata.name ?? 'cart'}`,
      generation: 1,
      creationTimestamp: '2026-11-01T00:00:00Z',
      ...metadata,
    },
    spec,
  });
  if (!validation.ok) throw new Error(validation.problems.join('\n'));
  return validation.policy;
}
