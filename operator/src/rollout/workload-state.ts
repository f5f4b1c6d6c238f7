import type { KubernetesObject, ObjectMetadata } from '../kubernetes/objects.ts';

/** Kinds that restart their pods when their template changes. */
export const RESTARTABLE = {
  Deployment: 'deployments',
  StatefulSet: 'statefulsets',
  DaemonSet: 'daemonsets',
} as const;
export type RestartableKind = keyof typeof RESTARTABLE;

/** On a template: when it was changed to restart the pods, as RFC 3339. */
export const RESTARTED_AT = 'culvert.dev/restartedAt';
/** On a template, and so on its pods: what the restart was for. */
export const RESTARTED_FOR = 'culvert.dev/restarted-for';

/** A workload as far as restarting it is concerned. */
export interface WorkloadState {
  /** `Kind/name` */
  readonly workload: string;
  readonly kind: RestartableKind;
  readonly name: string;
  readonly uid: string | undefined;
  readonly resourceVersion: string;
  /** Why its own settings keep it from restarting its pods; undefined when they don't. */
  readonly leftAlone: { readonly reason: string; readonly message: string } | undefined;
  /** Whether all its pods are of its newest template and available. */
  readonly complete: boolean;
  /** What its controller says about a roll-out that does not get on. */
  readonly failure: string | undefined;
  readonly restartedFor: string | undefined;
  readonly restartedAt: string | undefined;
}

interface WholeWorkload extends KubernetesObject {
  readonly spec?: {
    readonly replicas?: number;
    readonly paused?: boolean;
    readonly updateStrategy?: {
      readonly type?: string;
      readonly rollingUpdate?: { readonly partition?: number };
    };
    readonly template?: { readonly metadata?: Partial<ObjectMetadata> };
  };
  readonly status?: Readonly<Record<string, number | undefined>> & {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
    }[];
  };
}

/** Reads the state of a Deployment, StatefulSet or DaemonSet. */
export function workloadStateOf(kind: RestartableKind, object: KubernetesObject): WorkloadState {
  const { metadata, spec, status } = object as WholeWorkload;
  const annotations = spec?.template?.metadata?.annotations ?? {};
  return {
    workload: `${kind}/${metadata.name}`,
    kind,
    name: metadata.name,
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion ?? '',
    leftAlone: obstacleOf(kind, spec),
    complete:
      (status?.['observedGeneration'] ?? 0) >= (metadata.generation ?? 0) &&
      isComplete(kind, spec, status ?? {}),
    failure: failureOf(status),
    restartedFor: annotations[RESTARTED_FOR],
    restartedAt: annotations[RESTARTED_AT],
  };
}

function obstacleOf(kind: RestartableKind, spec: WholeWorkload['spec']): WorkloadState['leftAlone'] {
  if (spec?.paused === true)
    return { reason: 'RolloutPaused', message: 'its roll-outs are paused: resume them, or restart its pods' };
  if (kind !== 'Deployment' && spec?.updateStrategy?.type === 'OnDelete')
    return {
      reason: 'OnDelete',
      message: 'its update strategy is OnDelete: delete its pods to restart them',
    };
  if ((spec?.updateStrategy?.rollingUpdate?.partition ?? 0) > 0)
    return {
      reason: 'Partitioned',
      message: 'its update strategy has a partition: delete its pods to restart them',
    };
  return undefined;
}

function isComplete(
  kind: RestartableKind,
  spec: WholeWorkload['spec'],
  status: Readonly<Record<string, unknown>>,
): boolean {
  const number = (name: string): number => (typeof status[name] === 'number' ? status[name] : 0);
  if (kind === 'DaemonSet') {
    const wanted = number('desiredNumberScheduled');
    return number('updatedNumberScheduled') >= wanted && number('numberAvailable') >= wanted;
  }
  const wanted = spec?.replicas ?? 1;
  return (
    number('updatedReplicas') >= wanted &&
    number('replicas') <= wanted &&
    number('availableReplicas') >= wanted &&
    (kind === 'Deployment' || wanted === 0 || status['currentRevision'] === status['updateRevision'])
  );
}

function failureOf(status: WholeWorkload['status']): string | undefined {
  const failed = status?.conditions?.find(
    ({ type, status: is }) =>
      (type === 'Progressing' && is === 'False') || (type === 'ReplicaFailure' && is === 'True'),
  );
  return failed && (failed.reason ?? failed.type);
}
