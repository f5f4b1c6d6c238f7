import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decideRollout, type Candidate } from './decide.ts';
import type { WorkloadState } from './workload-state.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');

function candidate(workload: string, changes: Partial<Candidate> = {}): Candidate {
  return { workload, restartFor: 'sidecar', pods: 2, restartedInVainMs: undefined, ...changes };
}

function state(workload: string, changes: Partial<WorkloadState> = {}): WorkloadState {
  const [kind, name] = workload.split('/') as [WorkloadState['kind'], string];
  return {
    workload,
    kind,
    name,
    uid: 'u',
    resourceVersion: '1',
    leftAlone: undefined,
    complete: true,
    failure: undefined,
    restartedFor: undefined,
    restartedAt: undefined,
    ...changes,
  };
}

const RUNNING = { restartedFor: 'sidecar', restartedAt: '2026-01-01T11:59:00Z', complete: false };

test('the first workload by name is restarted, and only that one', () => {
  const workloads = [state('Deployment/a'), state('Deployment/b')];

  const decision = decideRollout([candidate('Deployment/b'), candidate('Deployment/a')], workloads, NOW);

  assert.equal(decision.restart?.state.workload, 'Deployment/a');
  assert.deepEqual([decision.report.status, decision.report.reason], ['False', 'RollingOut']);
});

test('the next workload waits until every pod of the last is available', () => {
  const candidates = [candidate('Deployment/b')];

  const during = decideRollout(candidates, [state('Deployment/a', RUNNING), state('Deployment/b')], NOW);
  const after = decideRollout(
    candidates,
    [state('Deployment/a', { ...RUNNING, complete: true }), state('Deployment/b')],
    NOW,
  );

  assert.deepEqual([during.restart, during.report.reason], [undefined, 'RollingOut']);
  assert.equal(after.restart?.state.workload, 'Deployment/b');
});

for (const [what, changes, reason] of [
  ['fails', { failure: 'ProgressDeadlineExceeded' }, 'RolloutFailed'],
  ['is paused', { leftAlone: { reason: 'RolloutPaused', message: 'paused' } }, 'RolloutPaused'],
] as const) {
  test(`a restart that ${what} stops all others of the namespace with the reason ${reason}`, () => {
    const workloads = [state('Deployment/a', { ...RUNNING, ...changes }), state('Deployment/b')];

    const decision = decideRollout([candidate('Deployment/b')], workloads, NOW);

    assert.deepEqual([decision.restart, decision.report.reason], [undefined, reason]);
  });
}

test('a restart that was long ago stops nobody, whatever has become of its workload since', () => {
  const old = { ...RUNNING, restartedAt: '2025-12-01T00:00:00Z' };
  for (const changes of [{}, { failure: 'ProgressDeadlineExceeded' }]) {
    const workloads = [state('Deployment/a', { ...old, ...changes }), state('Deployment/b')];
    const candidates = [candidate('Deployment/a'), candidate('Deployment/b')];

    assert.equal(decideRollout(candidates, workloads, NOW).restart?.state.workload, 'Deployment/b');
    const alone = decideRollout(candidates.slice(0, 1), workloads, NOW);
    assert.match(alone.report.reason, /^(RolloutWaiting|RolloutFailed)$/);
    assert.doesNotMatch(alone.report.message, /restart of/);
  }
});

test('a workload that was restarted in vain holds up the others for half an hour, itself for good', () => {
  const candidates = [
    candidate('Deployment/a', { restartedInVainMs: NOW - 31 * 60_000 }),
    candidate('Deployment/b'),
  ];
  const workloads = [state('Deployment/a'), state('Deployment/b')];

  assert.equal(decideRollout(candidates, workloads, NOW).restart?.state.workload, 'Deployment/b');
  const alone = decideRollout(candidates.slice(0, 1), workloads, NOW);
  assert.deepEqual([alone.restart, alone.report.reason], [undefined, 'RestartHadNoEffect']);
});

test('a workload whose restart changed nothing is not restarted again, and neither is any other', () => {
  const candidates = [
    candidate('Deployment/a', { restartedInVainMs: NOW - 60_000 }),
    candidate('Deployment/b'),
  ];
  const workloads = [state('Deployment/a', { ...RUNNING, complete: true }), state('Deployment/b')];

  const decision = decideRollout(candidates, workloads, NOW);

  assert.deepEqual([decision.restart, decision.report.reason], [undefined, 'RestartHadNoEffect']);
});

test('a workload that needs a restart for something new is restarted again', () => {
  const again = candidate('Deployment/a', { restartFor: 'ports 8080,9090' });

  const decision = decideRollout([again], [state('Deployment/a', { ...RUNNING, complete: true })], NOW);

  assert.equal(decision.restart?.restartFor, 'ports 8080,9090');
});

test('a workload with the strategy OnDelete is left alone with a reason while others go on', () => {
  const onDelete = { leftAlone: { reason: 'OnDelete', message: 'delete its pods' } };
  const workloads = [state('DaemonSet/a', onDelete), state('Deployment/b')];
  const candidates = [candidate('DaemonSet/a'), candidate('Deployment/b')];

  const first = decideRollout(candidates, workloads, NOW);
  const last = decideRollout(candidates.slice(0, 1), workloads, NOW);

  assert.equal(first.restart?.state.workload, 'Deployment/b');
  assert.deepEqual([last.restart, last.report.reason], [undefined, 'OnDelete']);
});

test('a workload that is rolled out by somebody else, or not available, is waited for', () => {
  const decision = decideRollout(
    [candidate('Deployment/a')],
    [state('Deployment/a', { complete: false })],
    NOW,
  );

  assert.deepEqual([decision.restart, decision.report.reason], [undefined, 'RolloutWaiting']);
});

test('bare pods and Jobs are never touched', () => {
  const decision = decideRollout([candidate('Pod/one'), candidate('Job/two')], [], NOW);

  assert.deepEqual([decision.restart, decision.report.reason], [undefined, 'NotRestartable']);
});

test('without anything to restart the condition holds', () => {
  const decision = decideRollout([], [state('Deployment/a')], NOW);

  assert.deepEqual([decision.report.status, decision.againMs], ['True', undefined]);
});
