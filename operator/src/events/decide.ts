import type { Condition, PolicyStatus } from '../reconcile/policy-status.ts';

/** Something worth telling about a policy. */
export interface Notice {
  readonly type: 'Normal' | 'Warning';
  /** One of the reasons of conditions: stable, for programs. */
  readonly reason: string;
  readonly note: string;
}

/** Conditions that are told of. `Ready` repeats what the others say. */
const TOLD = ['Accepted', 'ResolvedRefs', 'Injected', 'Overridden', 'RolledOut'];
/** What happens all the time, or was asked for. */
const QUIET = ['NotOptedIn', 'OptedOut', 'Outdated', 'NoPods', 'RollingOut', 'RolloutWaiting'];

/** What a change of a policy's status is told as: each condition once when its status or reason changes. */
export function noticesOf(before: PolicyStatus, after: PolicyStatus): readonly Notice[] {
  return (after.conditions ?? []).flatMap((condition) => {
    const { type, reason, message } = condition;
    const old = before.conditions?.find((other) => other.type === type);
    const distribution = type === 'Ready' && [old?.reason, reason].includes('ConfigNotDistributed');
    if (!TOLD.includes(type) && !distribution) return [];
    if (QUIET.includes(reason) || (old?.status === condition.status && old.reason === reason)) return [];
    const bad = isBad(condition);
    // That all is well is news only where it was not.
    if (!bad && (old === undefined || !isBad(old))) return [];
    return [{ type: bad ? ('Warning' as const) : ('Normal' as const), reason, note: message }];
  });
}

function isBad({ type, status }: Condition): boolean {
  return type === 'Overridden' ? status === 'True' : status === 'False';
}
