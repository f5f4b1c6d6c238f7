import type { CapturePolicy } from '@culvert/crds/capture-policy';
import { matches, type Labels, type PodSelector } from './select-pods.ts';

/** By what a policy is named and ordered among others. */
export interface Identified {
  readonly metadata: Pick<
    CapturePolicy['metadata'],
    'namespace' | 'name' | 'uid' | 'generation' | 'creationTimestamp'
  >;
}

/**
 * A policy that this release can't read, because it is invalid or was written for a later one. What it forbids is unknown, so
 * that nothing may be captured where it applies.
 */
export interface UnreadablePolicy extends Identified {
  /** Which pods it selects; undefined when that can't be read either. */
  readonly selector: PodSelector | undefined;
}

/** Whether it selects a pod of its namespace, or may. */
export function maySelect({ selector }: UnreadablePolicy, labels: Labels): boolean {
  return selector === undefined || matches(selector, labels);
}
