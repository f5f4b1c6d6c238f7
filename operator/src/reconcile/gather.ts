import { manifestKey } from '@culvert/policy/keys';
import type { Bucket } from '../distribute/bucket.ts';
import type { BucketEntry } from '../distribute/bucket-entry.ts';
import type { Heartbeats } from '../distribute/heartbeats.ts';
import type { ModeSetting } from '../inject/facts.ts';
import type { Stores } from '../watch/stores.ts';
import type { NamespaceFacts } from './facts.ts';
import { viewOf } from './pod-view.ts';
import type { PolicyBook } from './policy-book.ts';

/** Where facts come from. All of it is in memory. */
export interface Sources {
  readonly stores: Stores;
  readonly book: PolicyBook;
  readonly bucket: Pick<Bucket, 'get'>;
  readonly heartbeats: Pick<Heartbeats, 'revisionOf'>;
  readonly protectedNamespaces: readonly string[];
  readonly mode: ModeSetting;
}

/** Collects what reconciling a namespace depends on, as it is now. */
export function gather(sources: Sources, namespace: string): NamespaceFacts {
  const { stores, bucket } = sources;
  const object = stores.namespaces.get('', namespace);
  const manifest = bucket.get(manifestKey(namespace))?.documents ?? {};
  const pods = stores.pods
    .inNamespace(namespace)
    .map(viewOf)
    .filter(({ ended }) => !ended);
  const keys = new Set([
    ...Object.keys(manifest),
    ...pods.flatMap(({ configKey }) => (configKey === undefined ? [] : [configKey])),
  ]);
  const entries = new Map<string, BucketEntry>();
  for (const key of keys) {
    const entry = bucket.get(key);
    if (entry !== undefined) entries.set(key, entry);
  }
  return {
    namespace,
    labels: object?.metadata.labels ?? {},
    ends: object === undefined || object.metadata.deletionTimestamp !== undefined,
    policies: stores.capturePolicies.inNamespace(namespace).map((kept) => sources.book.judge(kept)),
    pods,
    services: stores.services.inNamespace(namespace),
    bucket: entries,
    manifest,
    revisionOf: (uid) => sources.heartbeats.revisionOf(namespace, uid),
    protectedNamespaces: sources.protectedNamespaces,
    mode: sources.mode,
  };
}
