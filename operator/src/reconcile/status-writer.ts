import { isDeepStrictEqual } from 'node:util';
import { noticesOf } from '../events/decide.ts';
import type { EventRecorder } from '../events/recorder.ts';
import type { KubernetesClient } from '../kubernetes/client.ts';
import { isConflict, isNotFound } from '../kubernetes/errors.ts';
import type { KubernetesObject } from '../kubernetes/objects.ts';
import { policyStatusPath } from '../kubernetes/paths.ts';
import type { KeptPolicy } from '../watch/trim-policy.ts';
import type { PolicyStatus } from './policy-status.ts';

/** Writes statuses of policies, when they differ. */
export interface StatusWriter {
  /** The status that a policy has, even where the watch has not told of the last write yet. */
  current(policy: KeptPolicy): PolicyStatus;
  write(policy: KeptPolicy, status: PolicyStatus): Promise<void>;
  forget(uid: string): void;
}

/** Builds a writer. */
export function createStatusWriter(
  client: Pick<KubernetesClient, 'apply'>,
  events: EventRecorder,
  onWrite: () => void,
): StatusWriter {
  const written = new Map<
    string,
    { readonly resourceVersion: string | undefined; readonly status: PolicyStatus }
  >();

  const current = (policy: KeptPolicy): PolicyStatus => {
    const { uid, resourceVersion } = policy.metadata;
    const last = written.get(uid);
    if (last === undefined) return policy.status ?? {};
    if (last.resourceVersion !== resourceVersion) return last.status;
    written.delete(uid); // from here on the watch is right, whoever writes
    return policy.status ?? {};
  };

  return {
    current,
    async write(policy, status) {
      const before = current(policy);
      if (isDeepStrictEqual(normal(before), normal(status))) return;
      const { name, namespace, uid } = policy.metadata;
      try {
        const answer = await client.apply<KubernetesObject>(policyStatusPath(namespace, name), {
          apiVersion: policy.apiVersion,
          kind: policy.kind,
          metadata: { name, namespace, uid },
          status,
        });
        written.set(uid, { resourceVersion: answer.metadata.resourceVersion, status });
      } catch (error) {
        // Deleted, or deleted and made anew: the watch is about to tell.
        if (isNotFound(error) || isConflict(error)) return;
        throw error;
      }
      onWrite();
      const regarding = { apiVersion: policy.apiVersion, kind: policy.kind, name, namespace, uid };
      for (const notice of noticesOf(before, status)) events.record(regarding, notice, 'Reconcile');
    },
    forget(uid) {
      written.delete(uid);
    },
  };
}

/** As it comes back from the API server: without what is undefined or an empty list. */
function normal(status: PolicyStatus): unknown {
  const { uncovered = [], ...rest } = status;
  return JSON.parse(
    JSON.stringify({ ...rest, uncovered: [...uncovered].sort(byReason), conditions: byType(status) }),
  );
}

function byReason(a: { readonly reason: string }, b: { readonly reason: string }): number {
  return a.reason < b.reason ? -1 : 1;
}

function byType({ conditions = [] }: PolicyStatus): unknown {
  return [...conditions].sort((a, b) => (a.type < b.type ? -1 : 1));
}
