import type { CapturePolicy } from '@culvert/crds/capture-policy';
import type { UnreadablePolicy } from '@culvert/policy/unreadable';
import { readSelector, validateResource } from '@culvert/policy/validate';
import type { Store } from '../watch/store.ts';
import type { KeptPolicy } from '../watch/trim-policy.ts';

/** A policy and what is to be thought of it. */
export interface JudgedPolicy {
  readonly kept: KeptPolicy;
  /** What is wrong with it; empty when it is valid. */
  readonly problems: readonly string[];
  /** The policy with its defaults; undefined when it is not valid. */
  readonly inForce: CapturePolicy | undefined;
  /** What is known of it when it is not valid. */
  readonly unreadable: UnreadablePolicy | undefined;
}

/** Validates each generation of a policy once. */
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
        ? { kept, problems: [], inForce: validation.policy, unreadable: undefined }
        : {
            kept,
            problems: validation.problems,
            inForce: undefined,
            unreadable: { metadata, selector: readSelector(spec) },
          };
      pages.set(uid, { generation, judged });
      return judged;
    },
    get size() {
      return pages.size;
    },
  };
}

/** Policies by whether they can be read. */
export function sortOut(judged: readonly JudgedPolicy[]): {
  readonly policies: readonly CapturePolicy[];
  readonly unreadable: readonly UnreadablePolicy[];
} {
  return {
    policies: judged.flatMap(({ inForce }) => inForce ?? []),
    unreadable: judged.flatMap(({ unreadable }) => unreadable ?? []),
  };
}
