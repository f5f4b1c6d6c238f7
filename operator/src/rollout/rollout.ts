import type { CapturePolicy } from '@culvert/crds/capture-policy';
import { selects } from '@culvert/policy/select-pods';
import type { KubernetesClient } from '../kubernetes/client.ts';
import { isForbidden } from '../kubernetes/errors.ts';
import { listPages } from '../kubernetes/list-pages.ts';
import { workloadsPath } from '../kubernetes/paths.ts';
import type { PodCoverage } from '../reconcile/coverage.ts';
import { decideRollout, RESTART_MS, type Candidate, type RolloutDecision } from './decide.ts';
import {
  RESTARTABLE,
  RESTARTED_AT,
  RESTARTED_FOR,
  workloadStateOf,
  type RestartableKind,
  type WorkloadState,
} from './workload-state.ts';

/** An installation may choose not to let the operator change workloads. */
const NOT_PERMITTED: RolloutDecision = {
  report: {
    status: 'False',
    reason: 'NotPermitted',
    message:
      'the operator may not change workloads in this installation: restart them yourself, or permit it',
  },
  restart: undefined,
  againMs: undefined,
};

/** Workloads whose pods a policy with `rolloutPolicy: RollingUpdate` selects and a restart would help. */
export function candidatesFor(
  policies: readonly CapturePolicy[],
  pods: readonly PodCoverage[],
): readonly Candidate[] {
  const rolling = policies.filter(({ spec }) => spec.rolloutPolicy === 'RollingUpdate');
  const found = new Map<string, Omit<Mutable<Candidate>, 'workload'>>();
  for (const { view, restartFor } of pods) {
    if (restartFor === undefined || !rolling.some((policy) => selects(policy, view.labels))) continue;
    const candidate = found.get(view.workload) ?? { restartFor, pods: 0, restartedInVainMs: undefined };
    candidate.pods++;
    // Pods of one workload may need it for different reasons while it restarts: the least is as good as any.
    if (restartFor < candidate.restartFor) candidate.restartFor = restartFor;
    const restarted = restartThatMade(view, restartFor);
    if (restarted !== undefined)
      candidate.restartedInVainMs = Math.max(candidate.restartedInVainMs ?? restarted, restarted);
    found.set(view.workload, candidate);
  }
  return [...found].map(([workload, candidate]) => ({ workload, ...candidate }));
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** When the restart was, for a reason, that made a pod; its template's annotations alone are on every later pod as well. */
function restartThatMade({ pod: { metadata } }: PodCoverage['view'], restartFor: string): number | undefined {
  const { annotations = {}, creationTimestamp = '' } = metadata;
  if (annotations[RESTARTED_FOR] !== restartFor) return undefined;
  const restarted = Date.parse(annotations[RESTARTED_AT] ?? '');
  return Date.parse(creationTimestamp) - restarted <= RESTART_MS ? restarted : undefined;
}

/** Looks at the workloads of a namespace and restarts at most one of them. */
export async function rollOut(
  client: KubernetesClient,
  namespace: string,
  candidates: readonly Candidate[],
  onRestart: (state: WorkloadState, restartFor: string) => void,
): Promise<RolloutDecision> {
  if (candidates.length === 0) return decideRollout([], [], Date.now());
  try {
    const decision = decideRollout(candidates, await listWorkloads(client, namespace), Date.now());
    if (decision.restart !== undefined) await restart(client, namespace, decision.restart, onRestart);
    return decision;
  } catch (error) {
    if (!isForbidden(error)) throw error;
    return NOT_PERMITTED;
  }
}

async function restart(
  client: KubernetesClient,
  namespace: string,
  { state, restartFor }: NonNullable<RolloutDecision['restart']>,
  onRestart: (state: WorkloadState, restartFor: string) => void,
): Promise<void> {
  await client.merge(`${workloadsPath(namespace, RESTARTABLE[state.kind])}/${state.name}`, {
    metadata: { resourceVersion: state.resourceVersion }, // not if anybody changed it since
    spec: {
      template: {
        metadata: { annotations: { [RESTARTED_AT]: new Date().toISOString(), [RESTARTED_FOR]: restartFor } },
      },
    },
  });
  onRestart(state, restartFor);
}

async function listWorkloads(client: KubernetesClient, namespace: string): Promise<WorkloadState[]> {
  const states: WorkloadState[] = [];
  for (const [kind, plural] of Object.entries(RESTARTABLE)) {
    await listPages(client, workloadsPath(namespace, plural), (object) => {
      states.push(workloadStateOf(kind as RestartableKind, object));
    });
  }
  return states.sort((a, b) => (a.workload < b.workload ? -1 : 1));
}
