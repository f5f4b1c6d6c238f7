import type { BucketEntry } from '../distribute/bucket-entry.ts';
import type { ModeSetting } from '../inject/facts.ts';
import type { TrimmedService } from '../watch/trim.ts';
import type { PodView } from './pod-view.ts';
import type { JudgedPolicy } from './policy-book.ts';

/** Everything that reconciling a namespace depends on. */
export interface NamespaceFacts {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Whether the namespace is gone or being deleted: then nothing new can be made in it. */
  readonly ends: boolean;
  readonly policies: readonly JudgedPolicy[];
  /** Pods that have not ended. */
  readonly pods: readonly PodView[];
  readonly services: readonly TrimmedService[];
  /** What the bucket holds, for the keys of this namespace. */
  readonly bucket: ReadonlyMap<string, BucketEntry>;
  /** What the manifest in the bucket names. */
  readonly manifest: Readonly<Record<string, string>>;
  /** Which revision each sidecar runs, by the pod's UID. */
  readonly revisionOf: (uid: string) => string | undefined;
  readonly protectedNamespaces: readonly string[];
  readonly mode: ModeSetting;
}
