import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageEnd, Outcome } from '@culvert/proto';
import { conclude, type Progress } from './conclusion.ts';

const OPEN: Progress = { requestEnded: false, responseEnded: false, requestCut: false, unparsable: false };
const { MESSAGE_END_WHOLE: WHOLE, MESSAGE_END_CUT: CUT, MESSAGE_END_UNREAD: UNREAD } = MessageEnd;
const {
  OUTCOME_COMPLETE: COMPLETE,
  OUTCOME_CLIENT_ABORTED: CLIENT_ABORTED,
  OUTCOME_UPSTREAM_ABORTED: UPSTREAM_ABORTED,
  OUTCOME_UPGRADED: UPGRADED,
  OUTCOME_UNPARSABLE: UNPARSABLE,
} = Outcome;

/** Outcome, end of the request, end of the response. */
function concluded(progress: Partial<Progress>, otherwise: Outcome) {
  const { outcome, requestEnd, responseEnd } = conclude({ ...OPEN, ...progress }, otherwise);
  return [outcome, requestEnd, responseEnd];
}

test('a whole answer completes an exchange, whoever closes then and whatever is missing of the request', () => {
  for (const aborted of [CLIENT_ABORTED, UPSTREAM_ABORTED]) {
    assert.deepEqual(concluded({ responseEnded: true }, aborted), [COMPLETE, CUT, WHOLE]);
  }
  const whole = { requestEnded: true, responseEnded: true };
  assert.deepEqual(concluded(whole, COMPLETE), [COMPLETE, WHOLE, WHOLE]);
});

test('a client that cut its request before it was answered has aborted the exchange', () => {
  const cut = { requestCut: true, responseEnded: true };

  assert.deepEqual(concluded(cut, COMPLETE), [CLIENT_ABORTED, CUT, WHOLE]);
});

test('what was under way when the connection broke is cut, and what had ended is whole', () => {
  for (const aborted of [CLIENT_ABORTED, UPSTREAM_ABORTED]) {
    assert.deepEqual(concluded({}, aborted), [aborted, CUT, CUT]);
    assert.deepEqual(concluded({ requestEnded: true }, aborted), [aborted, WHOLE, CUT]);
  }
});

test('what was not read to its end is not called cut', () => {
  assert.deepEqual(concluded({}, UNPARSABLE), [UNPARSABLE, UNREAD, UNREAD]);
  assert.deepEqual(concluded({ requestEnded: true }, UNPARSABLE), [UNPARSABLE, WHOLE, UNREAD]);
  assert.deepEqual(concluded({ requestCut: true }, UNPARSABLE), [UNPARSABLE, CUT, UNREAD]);
  assert.deepEqual(concluded({ responseEnded: true }, UNPARSABLE), [UNPARSABLE, UNREAD, WHOLE]);
});

test('behind a request that was not read on, the answer still ends, or is cut', () => {
  const unparsable = { unparsable: true };

  assert.deepEqual(concluded({ ...unparsable, responseEnded: true }, COMPLETE), [UNPARSABLE, UNREAD, WHOLE]);
  assert.deepEqual(concluded(unparsable, UPSTREAM_ABORTED), [UNPARSABLE, UNREAD, CUT]);
});

test('a request that had not ended when the protocol was switched is not read on', () => {
  assert.deepEqual(concluded({ responseEnded: true }, UPGRADED), [UPGRADED, UNREAD, WHOLE]);
  assert.deepEqual(concluded({ requestEnded: true, responseEnded: true }, UPGRADED), [
    UPGRADED,
    WHOLE,
    WHOLE,
  ]);
});
