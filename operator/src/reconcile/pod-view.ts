import {
  CONFIG_KEY_ANNOTATION,
  EXCLUDE_PORTS_ANNOTATION,
  MODE_ANNOTATION,
  SIDECAR_CONTAINER,
} from '@culvert/policy/names';
import { isWorkloadKeyOf, workloadKey } from '@culvert/policy/keys';
import { variantOf, workloadOf } from '@culvert/policy/workload';
import { applicationPorts, capturedPorts } from '../inject/application-ports.ts';
import { excludedPorts } from '../inject/excluded-ports.ts';
import type { ContainerPort } from '../inject/pod.ts';
import type { TrimmedPod } from '../watch/trim-pod.ts';

/** What reconciling asks of a pod, worked out once. */
export interface PodView {
  readonly pod: TrimmedPod;
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `Kind/name` of the topmost controller. */
  readonly workload: string;
  /** Where its document would be, from what it looks like now. */
  readonly expectedKey: string;
  /** Where its sidecar looks for its document; undefined without a sidecar. */
  readonly configKey: string | undefined;
  /** Ports of the application as its author declared them. */
  readonly ports: readonly ContainerPort[];
  /** Ports that are captured; none without a sidecar. */
  readonly captured: readonly number[];
  readonly namedPortsMode: boolean;
  /** Ports that the pod's author wants left alone. */
  readonly excluded: readonly number[];
  /** Equal for pods for which policies mean the same. */
  readonly signature: string;
  readonly ended: boolean;
  readonly deleting: boolean;
}

const views = new WeakMap<TrimmedPod, PodView>();

/** The view of a pod. Pods are never changed in place, so a view holds as long as its pod. */
export function viewOf(pod: TrimmedPod): PodView {
  const known = views.get(pod);
  if (known !== undefined) return known;
  const { metadata } = pod;
  const labels = metadata.labels ?? {};
  const annotations = metadata.annotations ?? {};
  // When it was admitted, a pod with a generated name had none yet.
  const workload = workloadOf(
    metadata.generateName === undefined ? metadata : { ...metadata, name: undefined },
  );
  const expectedKey = workloadKey(metadata.namespace, workload, variantOf(labels));
  const hasSidecar = pod.spec?.initContainers?.some(({ name }) => name === SIDECAR_CONTAINER) ?? false;
  const ports = applicationPorts(pod);
  const view: PodView = {
    pod,
    name: metadata.name,
    uid: metadata.uid ?? '',
    labels,
    workload,
    expectedKey,
    configKey: hasSidecar ? (keyIn(annotations, metadata.namespace) ?? expectedKey) : undefined,
    ports,
    captured: hasSidecar ? capturedPorts(pod) : [],
    namedPortsMode: annotations[MODE_ANNOTATION] === 'NamedPorts',
    excluded: excludedPorts(annotations, ports).ports,
    signature: JSON.stringify([expectedKey, ports, annotations[EXCLUDE_PORTS_ANNOTATION]]),
    ended: pod.phase === 'Succeeded' || pod.phase === 'Failed',
    deleting: metadata.deletionTimestamp !== undefined,
  };
  views.set(pod, view);
  return view;
}

/** Who makes a pod writes its annotations too: a key of another namespace would overwrite what that has there. */
function keyIn(annotations: Readonly<Record<string, string>>, namespace: string): string | undefined {
  const key = annotations[CONFIG_KEY_ANNOTATION];
  return key !== undefined && isWorkloadKeyOf(namespace, key) ? key : undefined;
}
