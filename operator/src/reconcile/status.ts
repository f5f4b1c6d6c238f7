import type { CapturePolicy } from '@culvert/crds/capture-policy';
import { selects } from '@culvert/policy/select-pods';
import { maySelect } from '@culvert/policy/unreadable';
import type { RolloutReport } from '../rollout/decide.ts';
import { toConditions, type Finding } from './conditions.ts';
import type { PodCoverage } from './coverage.ts';
import type { PolicyProblem } from './documents.ts';
import type { JudgedPolicy } from './policy-book.ts';
import type { PolicyStatus, Uncovered } from './policy-status.ts';

/** What the status of a policy is made of. */
export interface StatusInput {
  readonly policy: JudgedPolicy;
  /** The status that the policy has. */
  readonly before: PolicyStatus;
  /** All pods of the namespace. */
  readonly pods: readonly PodCoverage[];
  readonly problems: readonly PolicyProblem[];
  /** Why the documents are not in the bucket; undefined when they are. */
  readonly notDistributed: string | undefined;
  /** Whether every sidecar that can be heard has been: before, silence means nothing. */
  readonly heardAll: boolean;
  readonly rollout: RolloutReport | undefined;
  /** RFC 3339. */
  readonly now: string;
}

const MOST_REASONS = 32;

/** The status that a policy should have. */
export function planStatus(input: StatusInput): PolicyStatus {
  const { policy, before } = input;
  const { generation } = policy.kept.metadata;
  const spec = policy.inForce;
  const pods = input.pods.filter(({ view: { labels } }) =>
    spec === undefined ? policy.unreadable && maySelect(policy.unreadable, labels) : selects(spec, labels),
  );
  const injected = pods.filter((pod) => pod.injected).length;
  const fitting = pods.filter(({ gap }) => gap === undefined).length;
  const silent = pods.filter(({ gap }) => gap?.reason === 'Outdated').length;
  // After a restart of the operator nothing was heard yet: what was up to date counts as such until it says otherwise.
  const believed =
    !input.heardAll && before.observedGeneration === generation
      ? Math.max(fitting, Math.min(before.upToDatePods ?? 0, fitting + silent))
      : fitting;
  const uncovered = gapsOf(pods).filter(({ reason }) => reason !== 'Outdated' || believed < fitting + silent);
  const findings = findAll(input, spec, pods, uncovered);
  return {
    observedGeneration: generation,
    matchedPods: pods.length,
    injectedPods: injected,
    upToDatePods: believed,
    uncovered,
    conditions: toConditions(findings, before.conditions ?? [], generation, input.now),
  };
}

function findAll(
  input: StatusInput,
  spec: CapturePolicy | undefined,
  pods: readonly PodCoverage[],
  uncovered: readonly Uncovered[],
): readonly Finding[] {
  const accepted = acceptedOf(input.policy);
  const resolved = resolvedOf(spec, pods);
  const injected = injectedOf(pods);
  const overridden = input.problems.filter(({ reason }) => reason === 'Overridden');
  const findings = [accepted, resolved, injected];
  const first = overridden[0];
  if (first !== undefined)
    findings.push({ type: 'Overridden', status: 'True', reason: first.reason, message: first.message });
  if (spec?.spec.rolloutPolicy === 'RollingUpdate' && input.rollout !== undefined)
    findings.push({ type: 'RolledOut', ...input.rollout });
  const blocking = [accepted, resolved].find(({ status }) => status === 'False');
  const ready: Omit<Finding, 'type'> =
    blocking ??
    (pods.length === 0
      ? { status: 'True', reason: 'NoMatchingPods', message: 'no pod has the labels that are selected' }
      : input.notDistributed !== undefined
        ? { status: 'False', reason: 'ConfigNotDistributed', message: input.notDistributed }
        : (shortfall(uncovered) ?? {
            status: 'True',
            reason: 'Ready',
            message: `${count(pods.length)} captured as written`,
          }));
  findings.push({ type: 'Ready', status: ready.status, reason: ready.reason, message: ready.message });
  return findings;
}

function acceptedOf(policy: JudgedPolicy): Finding {
  const type = 'Accepted';
  if (policy.problems.length === 0)
    return { type, status: 'True', reason: 'Accepted', message: 'the policy is valid' };
  const closed =
    policy.unreadable?.selector === undefined ? 'no pod of this namespace' : 'no pod that it selects';
  const message = `${policy.problems.join('; ')}; until this is mended, ${closed} is captured`;
  return { type, status: 'False', reason: 'Invalid', message };
}

/** Named ports are found when one of the pods declares them: workloads of a namespace need not be alike. */
function resolvedOf(spec: CapturePolicy | undefined, pods: readonly PodCoverage[]): Finding {
  const type = 'ResolvedRefs';
  const names = (spec?.spec.ports ?? []).flatMap(({ port }) => (typeof port === 'string' ? [port] : []));
  const declared = new Set(pods.flatMap(({ view }) => view.ports.map(({ name }) => name)));
  const missing = pods.length === 0 ? [] : names.filter((name) => !declared.has(name));
  if (missing.length === 0)
    return { type, status: 'True', reason: 'ResolvedRefs', message: 'all named ports are declared' };
  return {
    type,
    status: 'False',
    reason: 'PortNotFound',
    message: `no container of a selected pod declares a port named ${missing.join(', ')}: name a containerPort so, or change the policy`,
  };
}

function injectedOf(pods: readonly PodCoverage[]): Finding {
  const type = 'Injected';
  const bare = gapsOf(pods.filter(({ injected }) => !injected));
  const first = bare[0];
  if (pods.length === 0)
    return { type, status: 'True', reason: 'NoPods', message: 'no pod has the labels that are selected' };
  if (first === undefined)
    return { type, status: 'True', reason: 'AllInjected', message: `${count(pods.length)} with the sidecar` };
  return { type, status: 'False', reason: first.reason, message: sentence(first) };
}

function shortfall(uncovered: readonly Uncovered[]): Omit<Finding, 'type'> | undefined {
  const first = uncovered[0];
  return first && { status: 'False', reason: first.reason, message: sentence(first) };
}

function sentence({ pods, message, example }: Uncovered): string {
  return `${count(pods)}${example === undefined ? '' : ` (such as ${example})`}: ${message ?? ''}`;
}

function count(pods: number): string {
  return pods === 1 ? '1 pod' : `${pods} pods`;
}

/** Reasons with their pods, the commonest first. */
function gapsOf(pods: readonly PodCoverage[]): readonly Uncovered[] {
  const reasons = new Map<string, { message: string; pods: number; example: string }>();
  for (const { view, gap } of pods) {
    if (gap === undefined) continue;
    const known = reasons.get(gap.reason);
    if (known === undefined) reasons.set(gap.reason, { message: gap.message, pods: 1, example: view.name });
    else {
      known.pods++;
      // The first by name, so that a status does not change with the order in which pods were seen.
      if (view.name < known.example) {
        known.example = view.name;
        known.message = gap.message;
      }
    }
  }
  return [...reasons]
    .map(([reason, { message, pods: many, example }]) => ({
      reason,
      message: message.slice(0, 1_024),
      pods: many,
      example,
    }))
    .sort((a, b) => b.pods - a.pods || (a.reason < b.reason ? -1 : 1))
    .slice(0, MOST_REASONS);
}
