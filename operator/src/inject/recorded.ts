import { NOT_INJECTED_ANNOTATION } from '@culvert/policy/names';
import type { PodManifest } from './pod.ts';

const RECORDED_REASONS = ['LimitRange', 'PullSecret'] as const;

/** A reason against injection that only the making of a pod shows, so that the webhook writes it down. */
export type RecordedReason = (typeof RECORDED_REASONS)[number];

/** Such a reason with its sentence. */
export interface RecordedRefusal {
  readonly reason: RecordedReason;
  readonly message: string;
}

/** The value of the annotation for a refusal. */
export function recordOf({ reason, message }: RecordedRefusal): string {
  return `${reason}: ${message}`;
}

/** The refusal that a pod's annotations tell of. */
export function recordedRefusal(annotations: Readonly<Record<string, string>>): RecordedRefusal | undefined {
  const text = annotations[NOT_INJECTED_ANNOTATION] ?? '';
  const reason = RECORDED_REASONS.find((known) => text.startsWith(`${known}: `));
  return reason && { reason, message: text.slice(reason.length + 2) };
}

/** A pod without the annotation, which means nothing on one that is being made: it may be a copy. */
export function withoutRecord(pod: PodManifest): PodManifest {
  const { [NOT_INJECTED_ANNOTATION]: record, ...annotations } = pod.metadata?.annotations ?? {};
  return record === undefined ? pod : { ...pod, metadata: { ...pod.metadata, annotations } };
}
