import type { CapturePolicy } from '@culvert/crds/capture-policy';
import { validateResource } from '@culvert/policy/validate';
import type { Store } from '../watch/store.ts';
import type { KeptPolicy } from '../watch/trim-policy.ts';

/** A policy and what is to be thought of it. */
export interface JudgedPolicy {
  readonly kept: KeptPolicy;
  /** What is wrong with it; empty when it is valid. */
  readonly problems: readonly string[];
  /** What applies: the policy itself, or what it was when it was last valid; undefined when it never was. */
  readonly inForce: CapturePolicy | undefined;
}

/** Remembers the last valid form of each policy, and validates each generation once. */
export interface PolicyBook {
  judge(kept: KeptPolicy): JudgedPolicy;
  /** How many policies are remembered. */
  readonly size: number;
}

/** Builds an empty book. A policy that leaves the store is forgotten, on replicas that do not lead too. */
export function createPolicyBook(policies: Pick<Store<KeptPolicy>, 'onChange'>): PolicyBook {
  const pages = new Map<string, { readonly generation: number; readonly judged: JudgedPolicy }>();
  policies.onChange((after, before) => {
    if (before !== undefined && before.metadata.uid !== after?.metadata.uid)
      pages.delete(before.metadata.uid);
  });
  return {
    judge(kept) {
      const { uid, generation } = kept.metadata;
      const page = pages.get(uid);
      if (page?.generation === generation) return { ...page.judged, kept };
      const { apiVersion, kind, metadata, spec } = kept;
      const validation = validateResource({ apiVersion, kind, metadata, spec });
      const judged: JudgedPolicy = validation.ok
        ? { kept, problems: [], inForce: validation.policy }
        : { kept, problems: validation.problems, inForce: page?.judged.inForce };
      pages.set(uid, { generation, judged });
      return judged;
    },
    get size() {
      return pages.size;
    },
  };
}
