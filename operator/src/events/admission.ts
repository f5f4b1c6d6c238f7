import type { AdmissionNotice } from '../inject/admit.ts';
import type { Regarding } from './recorder.ts';

/** What an event about an admitted pod regards: the pod's owner where it has one, since the pod has no name yet. */
export function regardingOf({ namespace, pod, owner }: AdmissionNotice): Regarding {
  if (owner === undefined) return { apiVersion: 'v1', kind: 'Pod', name: pod, namespace };
  const { apiVersion, kind, name, uid } = owner;
  return { apiVersion, kind, name, namespace, uid };
}
