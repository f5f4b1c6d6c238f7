import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Condition, PolicyStatus } from '../reconcile/policy-status.ts';
import { noticesOf } from './decide.ts';

function status(type: string, is: Condition['status'], reason: string): PolicyStatus {
  return { conditions: [{ type, status: is, reason, message: 'why', lastTransitionTime: '' }] };
}

test('trouble is told once, again when its reason changes, and that it is over', () => {
  const fine = status('Injected', 'True', 'AllInjected');
  const missed = status('Injected', 'False', 'NotInjected');
  const conflict = status('Injected', 'False', 'UIDConflict');

  assert.deepEqual(noticesOf({}, missed), [{ type: 'Warning', reason: 'NotInjected', note: 'why' }]);
  assert.deepEqual(noticesOf(missed, missed), []);
  assert.deepEqual(noticesOf(missed, conflict)[0]?.reason, 'UIDConflict');
  assert.deepEqual(noticesOf(conflict, fine), [{ type: 'Normal', reason: 'AllInjected', note: 'why' }]);
});

test('what is well from the beginning, or happens all the time, is not told', () => {
  assert.deepEqual(noticesOf({}, status('Accepted', 'True', 'Accepted')), []);
  assert.deepEqual(
    noticesOf(status('Injected', 'True', 'NoPods'), status('Injected', 'True', 'AllInjected')),
    [],
  );
  assert.deepEqual(noticesOf({}, status('Injected', 'False', 'OptedOut')), []);
  assert.deepEqual(noticesOf({}, status('Ready', 'False', 'Outdated')), []);
});

test('that documents are not distributed is told, and that they are again', () => {
  const away = status('Ready', 'False', 'ConfigNotDistributed');

  assert.deepEqual(noticesOf({}, away)[0]?.type, 'Warning');
  assert.deepEqual(noticesOf(away, status('Ready', 'True', 'Ready'))[0]?.type, 'Normal');
});
