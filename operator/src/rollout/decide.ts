import type { RestartableKind, WorkloadState } from './workload-state.ts';

/** A workload with pods that a restart would help. */
export interface Candidate {
  /** `Kind/name` */
  readonly workload: string;
  readonly restartFor: string;
  readonly pods: number;
  /** The last restart for the same reason out of which pods came that still need it, Unix milliseconds. */
  readonly restartedInVainMs: number | undefined;
}

/** How far the restarts of a namespace are, as a condition says it. */
export interface RolloutReport {
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

/** What to do next in a namespace. */
export interface RolloutDecision {
  readonly report: RolloutReport;
  readonly restart: { readonly state: WorkloadState; readonly restartFor: string } | undefined;
  /** When to look again, in milliseconds; undefined when there is nothing to wait for. */
  readonly againMs: number | undefined;
}

const SOON_MS = 2_000;
const LATER_MS = 30_000;
/**
 * So long a restart counts as one that is under way, and pods that are made count as its own. Whatever befalls the workload
 * later is none of it, such as a deploy of its team's or a webhook that is away: no annotation tells them apart.
 */
export const RESTART_MS = 600_000;
/** So long after a restart in vain no other workload is restarted: most likely the webhook is not reached. */
const IN_VAIN_MS = 1_800_000;

const KINDS: readonly RestartableKind[] = ['Deployment', 'StatefulSet', 'DaemonSet'];

/**
 * Decides which workload of a namespace is restarted next: one at a time, the next one when all pods of the last are
 * available. What has been done stands on the workloads themselves, so nothing has to be remembered.
 *
 * @param workloads all that could be restarted in the namespace
 * @param nowMs Unix time
 */
export function decideRollout(
  candidates: readonly Candidate[],
  workloads: readonly WorkloadState[],
  nowMs: number,
): RolloutDecision {
  const states = new Map(workloads.map((state) => [state.workload, state]));
  const restartable = candidates
    .filter(({ workload }) => KINDS.some((kind) => workload.startsWith(`${kind}/`)))
    .sort((a, b) => (a.workload < b.workload ? -1 : 1));
  const running = workloads.find((state) => isRunning(state, nowMs));
  if (restartable.length > 0 && running !== undefined) return progress(running, restartable.length);
  const vain = restartable.find(
    ({ restartedInVainMs = -Infinity }) => nowMs - restartedInVainMs <= IN_VAIN_MS,
  );
  if (vain !== undefined) return { report: inVain(vain), restart: undefined, againMs: LATER_MS };
  let obstacle: RolloutReport | undefined;
  let waits: RolloutReport | undefined;
  for (const candidate of restartable) {
    const { workload, restartFor } = candidate;
    const state = states.get(workload);
    if (state === undefined) continue; // its pods are about to go
    if (candidate.restartedInVainMs !== undefined) obstacle ??= inVain(candidate);
    else if (state.leftAlone !== undefined) {
      obstacle ??= no(state.leftAlone.reason, `${workload} is left alone: ${state.leftAlone.message}`);
    } else if (state.failure !== undefined) {
      obstacle ??= no('RolloutFailed', `${workload} is left alone: its roll-out fails (${state.failure})`);
    } else if (!state.complete) {
      waits ??= no('RolloutWaiting', `waits until all pods of ${workload} are available`);
    } else {
      const report = no('RollingOut', `restarts ${workload}; ${restartable.length - 1} workloads wait`);
      return { report, restart: { state, restartFor }, againMs: SOON_MS };
    }
  }
  const report = waits ?? obstacle;
  if (report !== undefined)
    return { report, restart: undefined, againMs: waits === undefined ? LATER_MS : SOON_MS };
  return { report: finished(candidates), restart: undefined, againMs: undefined };
}

function isRunning({ restartedFor, restartedAt, complete }: WorkloadState, nowMs: number): boolean {
  return restartedFor !== undefined && !complete && nowMs - Date.parse(restartedAt ?? '') <= RESTART_MS;
}

function inVain({ workload, restartFor }: Candidate): RolloutReport {
  return no(
    'RestartHadNoEffect',
    `the pods of ${workload} were restarted and still need it (${restartFor}): see whether the webhook is reached`,
  );
}

function progress(running: WorkloadState, candidates: number): RolloutDecision {
  const { workload, failure, leftAlone } = running;
  if (failure !== undefined)
    return stop(
      'RolloutFailed',
      `the restart of ${workload} fails (${failure}); no other workload is restarted`,
    );
  if (leftAlone?.reason === 'RolloutPaused')
    return stop('RolloutPaused', `the restart of ${workload} is paused; no other workload is restarted`);
  const report = no('RollingOut', `${workload} restarts; workloads that need it: ${candidates}`);
  return { report, restart: undefined, againMs: SOON_MS };
}

function finished(candidates: readonly Candidate[]): RolloutReport {
  const untouched = candidates.find(({ workload }) => !KINDS.some((kind) => workload.startsWith(`${kind}/`)));
  if (untouched === undefined)
    return { status: 'True', reason: 'RolledOut', message: 'no workload needs a restart' };
  return no(
    'NotRestartable',
    `${untouched.workload} is left alone: make its pods anew to have them captured`,
  );
}

function stop(reason: string, message: string): RolloutDecision {
  return { report: no(reason, message), restart: undefined, againMs: LATER_MS };
}

function no(reason: string, message: string): RolloutReport {
  return { status: 'False', reason, message };
}
