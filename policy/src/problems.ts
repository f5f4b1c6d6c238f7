import type { Coverage } from './coverage.ts';
import { policyName } from './port-rules.ts';

/** What is wrong with a valid policy where one workload is concerned. */
export interface PolicyProblem {
  /** `namespace/name`. */
  readonly policy: string;
  /** `PortNotFound`: a port's name that no container declares. `Overridden`: another policy decides about a port. */
  readonly reason: 'PortNotFound' | 'Overridden';
  readonly message: string;
}

/** Names that stand for no port, and ports that other policies decide about, at most one problem of each for a policy. */
export function findProblems(coverages: readonly Coverage[]): readonly PolicyProblem[] {
  return coverages.flatMap((coverage, index) => {
    const policy = policyName(coverage.policy);
    const missing = coverage.missing.map((name) => `no container declares a TCP port named ${name}`);
    const overrides = overridesOf(coverage, coverages.slice(0, index), coverages);
    return [
      ...(missing.length > 0
        ? [{ policy, reason: 'PortNotFound' as const, message: missing.join('; ') }]
        : []),
      ...(overrides.length > 0
        ? [{ policy, reason: 'Overridden' as const, message: overrides.join('; ') }]
        : []),
    ];
  });
}

function overridesOf(
  coverage: Coverage,
  older: readonly Coverage[],
  all: readonly Coverage[],
): readonly string[] {
  const decided = new Map<string, number[]>();
  for (const port of [...coverage.ports.keys()].sort((a, b) => a - b)) {
    if (coverage.excluded.has(port)) continue;
    const excluding = all.find(({ excluded }) => excluded.has(port));
    const deciding = older.find(({ ports }) => ports.has(port));
    const why =
      excluding !== undefined
        ? `excluded by ${policyName(excluding.policy)}`
        : deciding !== undefined
          ? `decided by ${policyName(deciding.policy)}, which is older; only the redactions of this policy apply there`
          : undefined;
    if (why !== undefined) decided.set(why, [...(decided.get(why) ?? []), port]);
  }
  return [...decided].map(([why, ports]) =>
    ports.length === 1 ? `port ${ports.join()} is ${why}` : `ports ${ports.join(', ')} are ${why}`,
  );
}
