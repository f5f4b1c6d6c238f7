import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageEnd, Outcome } from '@culvert/proto';
import { BODY_GIVEN_UP_AFTER_MS, bodyState, type BodyFacts } from './body-state.ts';
import { messageEnd } from './message-end.ts';

const HERE: BodyFacts = {
  exchange: 'COMPLETE',
  ended: true,
  messageEnd: 'whole',
  totalBytes: 9,
  capturedBytes: 9,
  storedBytes: 9,
  receivedAt: 0,
};

test('of a body that is here as far as it passed, the state tells how its message ended', () => {
  for (const bytes of [0, 9]) {
    const facts = { ...HERE, totalBytes: bytes, capturedBytes: bytes, storedBytes: bytes };

    assert.equal(bodyState(facts, 0), 'COMPLETE');
    assert.equal(bodyState({ ...facts, messageEnd: 'cut' }, 0), 'CUT_OFF');
    assert.equal(bodyState({ ...facts, messageEnd: 'unknown' }, 0), 'INCOMPLETE');
  }
});

test('what is missing here is told before what was missing on the wire', () => {
  for (const end of ['whole', 'cut', 'unknown'] as const) {
    const facts = { ...HERE, messageEnd: end };

    assert.equal(bodyState({ ...facts, capturedBytes: 0, storedBytes: 0 }, 0), 'NOT_CAPTURED');
    assert.equal(bodyState({ ...facts, capturedBytes: 5, storedBytes: 5 }, 0), 'TRUNCATED');
    assert.equal(bodyState({ ...facts, storedBytes: 5 }, BODY_GIVEN_UP_AFTER_MS), 'PENDING');
    assert.equal(bodyState({ ...facts, storedBytes: 5 }, BODY_GIVEN_UP_AFTER_MS + 1), 'INCOMPLETE');
  }
});

test('a body whose exchange has not ended is never complete', () => {
  assert.equal(bodyState({ ...HERE, ended: false, exchange: 'OPEN' }, 0), 'PENDING');
  assert.equal(bodyState({ ...HERE, ended: false, exchange: 'INCOMPLETE' }, 0), 'INCOMPLETE');
});

test('an agent tells how a message ended, whatever became of the exchange', () => {
  for (const outcome of [Outcome.OUTCOME_COMPLETE, Outcome.OUTCOME_CLIENT_ABORTED, null]) {
    assert.equal(messageEnd(MessageEnd.MESSAGE_END_WHOLE, outcome), 'whole');
    assert.equal(messageEnd(MessageEnd.MESSAGE_END_CUT, outcome), 'cut');
    assert.equal(messageEnd(MessageEnd.MESSAGE_END_UNREAD, outcome), 'unknown');
    assert.equal(messageEnd(77, outcome), 'unknown');
  }
});

test('of an agent that does not tell, only a complete or upgraded exchange has whole messages for certain', () => {
  for (const nothing of [null, MessageEnd.MESSAGE_END_UNSPECIFIED]) {
    assert.equal(messageEnd(nothing, Outcome.OUTCOME_COMPLETE), 'whole');
    assert.equal(messageEnd(nothing, Outcome.OUTCOME_UPGRADED), 'whole');
    assert.equal(messageEnd(nothing, Outcome.OUTCOME_CLIENT_ABORTED), 'unknown');
    assert.equal(messageEnd(nothing, Outcome.OUTCOME_UPSTREAM_ABORTED), 'unknown');
    assert.equal(messageEnd(nothing, Outcome.OUTCOME_UNPARSABLE), 'unknown');
    assert.equal(messageEnd(nothing, null), 'unknown');
  }
});
