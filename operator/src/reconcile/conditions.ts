import type { Condition } from './policy-status.ts';

/** A condition before it has a time. */
export type Finding = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

const LONGEST_MESSAGE = 2_000;

/**
 * Makes conditions of findings. The time of a condition moves only when its status does.
 *
 * @param before the conditions that the policy has
 * @param now RFC 3339
 */
export function toConditions(
  findings: readonly Finding[],
  before: readonly Condition[],
  generation: number,
  now: string,
): readonly Condition[] {
  return findings.map((finding) => {
    const old = before.find(({ type }) => type === finding.type);
    return {
      type: finding.type,
      status: finding.status,
      reason: finding.reason,
      message: finding.message.slice(0, LONGEST_MESSAGE),
      observedGeneration: generation,
      lastTransitionTime: old !== undefined && old.status === finding.status ? old.lastTransitionTime : now,
    };
  });
}
