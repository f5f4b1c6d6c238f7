import type { CapturePolicy } from '@culvert/crds/capture-policy';
import type { PortRules } from '@culvert/traffic/select/rules';
import { declaredTcpPorts, type ContainerPort } from './container-ports.ts';
import { coverageOf, type Coverage } from './coverage.ts';
import { DOCUMENT_VERSION, type PolicyReference, type WorkloadDocument } from './document.ts';
import { DATABASE_PORTS } from './names.ts';
import { DEFAULT_RULES, notCaptured, policyName, rulesOf } from './port-rules.ts';
import { findProblems, type PolicyProblem } from './problems.ts';
import { revisionOf } from './revision.ts';
import { selects, type Labels } from './select-pods.ts';
import { maySelect, type Identified, type UnreadablePolicy } from './unreadable.ts';

/** One workload, or one variant of it, and the policies of its namespace. */
export interface WorkloadInput {
  readonly namespace: string;
  /** `Kind/name` of the topmost controller. */
  readonly workload: string;
  readonly labels: Labels;
  readonly containerPorts: readonly ContainerPort[];
  /** In any order; those of other namespaces and those that don't select the labels are passed over. */
  readonly policies: readonly CapturePolicy[];
  /** Those of which it isn't known what they say: where one of them applies, nothing is captured. */
  readonly unreadable?: readonly UnreadablePolicy[];
}

/** What a workload's sidecars are told, and what is wrong with the policies where this workload is concerned. */
export interface Compiled {
  readonly document: WorkloadDocument;
  readonly problems: readonly PolicyProblem[];
}

/**
 * Compiles the policies that select a workload into its document. The oldest policy that covers a port decides about it,
 * by creation time and then by name; what any of them excludes is not captured, and what any of those that cover a port
 * redacts is redacted. Where a policy applies that can't be read, nothing is captured. Equal input in any order gives an equal
 * document.
 */
export function compileWorkload(input: WorkloadInput): Compiled {
  const { namespace, workload, containerPorts } = input;
  const matching = input.policies
    .filter((policy) => policy.metadata.namespace === namespace && selects(policy, input.labels))
    .sort(byAge);
  const unreadable = (input.unreadable ?? [])
    .filter((policy) => policy.metadata.namespace === namespace && maySelect(policy, input.labels))
    .sort(byAge);
  const [closing] = unreadable;
  const closed = closing && notCaptured(policyName(closing));
  const coverages = matching.map((policy) => coverageOf(policy, containerPorts));
  const numbers = new Set([
    ...declaredTcpPorts(containerPorts),
    ...coverages.flatMap(({ ports, excluded }) => [...ports.keys(), ...excluded]),
  ]);
  const ports = Object.fromEntries(
    [...numbers]
      .sort((a, b) => a - b)
      .map((port) => [String(port), closed ?? rulesOfPort(port, coverages)] as const),
  );
  const content = {
    schemaVersion: DOCUMENT_VERSION,
    kind: 'Workload' as const,
    namespace,
    workload,
    policies: references([...unreadable, ...matching], ports),
    ports,
    otherPorts: closed ?? rulesOfOthers(coverages),
  };
  return {
    document: { ...content, revision: revisionOf(content) },
    problems: findProblems(coverages),
  };
}

function rulesOfPort(port: number, coverages: readonly Coverage[]): PortRules {
  const excluding = coverages.find(({ excluded }) => excluded.has(port));
  if (excluding !== undefined) return notCaptured(policyName(excluding.policy));
  const covering = coverages.filter(({ ports }) => ports.has(port));
  const [deciding] = covering;
  if (deciding !== undefined)
    return rulesOf(
      deciding.policy,
      deciding.ports.get(port) ?? 'HTTP',
      covering.map(({ policy }) => policy),
    );
  return coverages.length > 0 || DATABASE_PORTS.includes(port) ? notCaptured(null) : DEFAULT_RULES;
}

function rulesOfOthers(coverages: readonly Coverage[]): PortRules {
  if (coverages.length === 0) return DEFAULT_RULES;
  const covering = coverages.filter(({ others }) => others).map(({ policy }) => policy);
  const [deciding] = covering;
  return deciding === undefined ? notCaptured(null) : rulesOf(deciding, 'HTTP', covering);
}

/** All that select the workload, since redactions of each may be in it; first those that decide about a port. */
function references(
  matching: readonly Identified[],
  ports: WorkloadDocument['ports'],
): readonly PolicyReference[] {
  const deciding = new Set(Object.values(ports).map(({ policy }) => policy));
  const decides = (policy: Identified): boolean => deciding.has(policyName(policy));
  return [...matching.filter(decides), ...matching.filter((policy) => !decides(policy))].map(
    ({ metadata }) => ({
      namespace: metadata.namespace,
      name: metadata.name,
      uid: metadata.uid ?? '',
      generation: metadata.generation ?? 0,
    }),
  );
}

/** Oldest first; those without a creation time, which come from files, last and by name. */
function byAge({ metadata: a }: Identified, { metadata: b }: Identified): number {
  const [bornA, bornB] = [birthOf(a), birthOf(b)];
  if (bornA !== bornB) return bornA < bornB ? -1 : 1;
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function birthOf({ creationTimestamp }: CapturePolicy['metadata']): number {
  const time = Date.parse(creationTimestamp ?? '');
  return Number.isNaN(time) ? Number.POSITIVE_INFINITY : time;
}
