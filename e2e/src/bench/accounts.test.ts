import assert from 'node:assert/strict';
import test from 'node:test';
import { audit, isSettled, type SidecarBooks } from './accounts.ts';

function booksOf(counts: Partial<SidecarBooks>): SidecarBooks {
  return {
    ...{ captured: 0, excluded: 0, sampledOut: 0, dropped: 0, open: 0, spooled: 0 },
    ...{ published: 0, acknowledged: 0 },
    ...counts,
  };
}

const BEFORE = booksOf({ captured: 50, published: 50, acknowledged: 50 });

test('nothing is lost when all that was answered is in the stream, and what was in flight with it', () => {
  const after = booksOf({ captured: 1053, published: 1053, acknowledged: 1053 });

  const result = audit(BEFORE, after, { counted: 1000, inFlight: 64, inStream: 1003 });

  assert.deepEqual(result, { captured: 1003, dropped: 0, acknowledged: 1003, lost: 0, problems: [] });
});

test('answers that were not captured are lost', () => {
  const after = booksOf({ captured: 1040, published: 1040, acknowledged: 1040 });

  const result = audit(BEFORE, after, { counted: 1000, inFlight: 64, inStream: 990 });

  assert.equal(result.lost, 10);
  assert.deepEqual(result.problems, ['10 answered and not captured']);
});

test('dropped exchanges are lost though the books balance', () => {
  const after = booksOf({ captured: 1050, dropped: 7, published: 1043, acknowledged: 1043 });

  const result = audit(BEFORE, after, { counted: 1000, inFlight: 64, inStream: 993 });

  assert.equal(result.lost, 7);
  assert.equal(result.dropped, 7);
  assert.deepEqual(result.problems, []);
});

test('an acknowledgement without a stored exchange is a loss and a problem', () => {
  const after = booksOf({ captured: 1050, published: 1050, acknowledged: 1050 });

  const result = audit(BEFORE, after, { counted: 1000, inFlight: 64, inStream: 999 });

  assert.equal(result.lost, 1);
  assert.deepEqual(result.problems, ['1000 acknowledged, 999 in the stream']);
});

test('more captured than can have been in flight, and books that do not balance, are problems', () => {
  const after = booksOf({ captured: 1150, published: 1149, acknowledged: 1149 });

  const result = audit(BEFORE, after, { counted: 1000, inFlight: 64, inStream: 1099 });

  assert.deepEqual(result.problems, [
    'captured 1150 is not 0 elsewhere and 1149 published',
    '100 captured and not counted, with 64 in flight at the end',
  ]);
});

test('books are settled when nothing is open, spooled or unacknowledged', () => {
  assert.equal(isSettled(booksOf({ captured: 2, published: 2, acknowledged: 2 })), true);
  assert.equal(isSettled(booksOf({ captured: 2, published: 2, acknowledged: 1 })), false);
  assert.equal(isSettled(booksOf({ captured: 2, open: 1, published: 1, acknowledged: 1 })), false);
});
