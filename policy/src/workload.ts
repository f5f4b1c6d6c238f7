import type { Labels } from './select-pods.ts';
import { hashText } from './revision.ts';

/** What is read of a pod's metadata to say whose it is. */
export interface PodOrigin {
  readonly name?: string | undefined;
  readonly generateName?: string | undefined;
  readonly labels?: Labels | undefined;
  readonly ownerReferences?:
    readonly { readonly kind: string; readonly name: string; readonly controller?: boolean }[] | undefined;
}

/** Who makes ReplicaSets, by the label that holds the hash at the end of their names. */
const REPLICA_SET_OWNERS = [
  { label: 'pod-template-hash', kind: 'Deployment' },
  { label: 'rollouts-pod-template-hash', kind: 'Rollout' },
];
/** CronJobs name their Jobs by the scheduled minute since 1970. */
const SCHEDULED_JOB = /^(.+)-(\d{8})$/;
/** The first minute of 2020: digits below it, such as a date (`20261130`), are no schedule. */
const FIRST_MINUTE = 26_297_280;

/** Labels that controllers give to each pod or roll-out on its own. */
const VOLATILE_LABELS = new Set([
  'pod-template-hash',
  'rollouts-pod-template-hash',
  'controller-revision-hash',
  'pod-template-generation',
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
  'job-name',
  'controller-uid',
  'culvert.dev/injected',
]);
const VOLATILE_PREFIX = 'batch.kubernetes.io/';

/**
 * `Kind/name` of the topmost controller, as the pod's own metadata tells: a ReplicaSet's name ends with the hash that
 * its Deployment or Rollout gave it, a scheduled Job's with its minute. Known before the pod has a name.
 */
export function workloadOf(pod: PodOrigin): string {
  const { labels = {}, ownerReferences = [] } = pod;
  const owner = ownerReferences.find((reference) => reference.controller === true) ?? ownerReferences[0];
  if (owner === undefined) return `Pod/${pod.name || (pod.generateName ?? '').replace(/-$/, '')}`;
  if (owner.kind === 'ReplicaSet')
    for (const { label, kind } of REPLICA_SET_OWNERS) {
      const end = `-${labels[label] ?? ''}`;
      if (end !== '-' && owner.name.endsWith(end) && owner.name.length > end.length)
        return `${kind}/${owner.name.slice(0, -end.length)}`;
    }
  const [, cronJob, minute] = (owner.kind === 'Job' && SCHEDULED_JOB.exec(owner.name)) || [];
  return cronJob === undefined || Number(minute) < FIRST_MINUTE
    ? `${owner.kind}/${owner.name}`
    : `CronJob/${cronJob}`;
}

/** 8 hex digits over the labels that pods of one workload share, so that pods which policies may tell apart differ. */
export function variantOf(labels: Labels): string {
  const stable = Object.entries(labels)
    .filter(([key]) => !VOLATILE_LABELS.has(key) && !key.startsWith(VOLATILE_PREFIX))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return hashText(JSON.stringify(stable)).slice(0, 8);
}
