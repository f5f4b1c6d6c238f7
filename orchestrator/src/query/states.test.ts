import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Outcome } from '@culvert/proto';
import { agentState } from './agent-reader.ts';
import { exchangeState, type ExchangeFacts } from './exchange-state.ts';

const OPEN: ExchangeFacts = {
  outcome: null,
  bootId: 'boot-1',
  startedAt: 100_000,
  receivedAt: 100_000,
  agent: { bootId: 'boot-1', lastSeen: 100_000 },
};

test('an outcome decides the state of an exchange', () => {
  const state = (outcome: number): string => exchangeState({ ...OPEN, outcome }, 100_000);

  assert.equal(state(Outcome.OUTCOME_COMPLETE), 'COMPLETE');
  assert.equal(state(Outcome.OUTCOME_CLIENT_ABORTED), 'CLIENT_ABORTED');
  assert.equal(state(Outcome.OUTCOME_UPSTREAM_ABORTED), 'UPSTREAM_ABORTED');
  assert.equal(state(Outcome.OUTCOME_UPGRADED), 'UPGRADED');
  assert.equal(state(Outcome.OUTCOME_UNPARSABLE), 'INCOMPLETE');
  assert.equal(state(Outcome.OUTCOME_UNSPECIFIED), 'OPEN');
});

test('an exchange without an end is incomplete once its agent is gone', () => {
  assert.equal(exchangeState(OPEN, 160_000), 'OPEN');
  assert.equal(exchangeState(OPEN, 160_001), 'INCOMPLETE');
});

test('an exchange without an end is incomplete once a later boot has taken over', () => {
  const later = { ...OPEN, agent: { bootId: 'boot-2', lastSeen: 101_000 } };

  assert.equal(exchangeState(later, 101_000), 'INCOMPLETE');
});

test('an exchange of a boot that has sent no heartbeat yet is open', () => {
  const fresh = { ...OPEN, agent: { bootId: 'boot-0', lastSeen: 99_000 } };

  assert.equal(exchangeState(fresh, 101_000), 'OPEN');
});

test('without any heartbeat, the time of receipt decides', () => {
  const unknown = { ...OPEN, agent: undefined };

  assert.equal(exchangeState(unknown, 160_000), 'OPEN');
  assert.equal(exchangeState(unknown, 160_001), 'INCOMPLETE');
});

test('an agent is silent after 15 seconds and gone after 60', () => {
  assert.equal(agentState(0, 14_999), 'CONNECTED');
  assert.equal(agentState(0, 15_000), 'SILENT');
  assert.equal(agentState(0, 60_000), 'GONE');
});
