import type { RestartableKind, WorkloadState } from './workload-state.ts';

/** A workload with pods that a restart would help. */
export interface Candidate {
  /** `Kind/name` */
  readonly workload: string;
  readonly restartFor: string;
  readonly pods: number;
  /** What restarts its pods have been through. */
  readonly podsRestartedFor: readonly string[];
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
/** A restart that takes longer is reported; it still holds up the others. */
const STALLED_MS = 600_000;

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
  const running = workloads.find(({ restartedFor, complete }) => restartedFor !== undefined && !complete);
  if (restartable.length > 0 && running !== undefined) return progress(running, restartable.length, nowMs);
  const idle = restartable.find(({ restartFor, podsRestartedFor }) => podsRestartedFor.includes(restartFor));
  if (idle !== undefined) {
    return stop(
      'RestartHadNoEffect',
      `the pods of ${idle.workload} were restarted and still need it (${idle.restartFor}): see whether the webhook is reached`,
    );
  }
  let obstacle: RolloutReport | undefined;
  let waits: RolloutReport | undefined;
  for (const { workload, restartFor } of restartable) {
    const state = states.get(workload);
    if (state === undefined) continue; // its pods are about to go
    if (state.leftAlone !== undefined) {
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

function progress(running: WorkloadState, candidates: number, nowMs: number): RolloutDecision {
  const { workload, failure, leftAlone, restartedAt } = running;
  if (failure !== undefined)
    return stop(
      'RolloutFailed',
      `the restart of ${workload} fails (${failure}); no other workload is restarted`,
    );
  if (leftAlone?.reason === 'RolloutPaused')
    return stop('RolloutPaused', `the restart of ${workload} is paused; no other workload is restarted`);
  if (nowMs - Date.parse(restartedAt ?? '') > STALLED_MS)
    return stop(
      'RolloutStalled',
      `the restart of ${workload} has not ended after ${STALLED_MS / 60_000} minutes; no other workload is restarted`,
    );
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
