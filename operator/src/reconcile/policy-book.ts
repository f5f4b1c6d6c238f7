import type { CapturePolicy } from '@culvert/crds/capture-policy';
import { validateResource } from '@culvert/policy/validate';
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
  /** The policy is gone. */
  forget(uid: string): void;
}

/** Builds an empty book. */
export function createPolicyBook(): PolicyBook {
  const pages = new Map<string, { readonly generation: number; readonly judged: JudgedPolicy }>();
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
    forget(uid) {
      pages.delete(uid);
    },
  };
}
