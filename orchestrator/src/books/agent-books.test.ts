import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needsOldestBatch, sumBooks, type AgentBooks } from './agent-books.ts';
import type { BootBooks } from './boot.ts';
import type { StreamView } from './stream-view.ts';

/** A running boot that has done nothing. */
const NEW: BootBooks = {
  bootId: 'boot-2',
  reportedAt: 2_000,
  closing: false,
  crashed: undefined,
  connections: 0,
  opaqueConnections: 0,
  captured: 0,
  excludedByReason: {},
  sampledOut: 0,
  truncated: 0,
  droppedByReason: {},
  open: 0,
  spooled: 0,
  published: 0,
  acknowledged: 0,
  lastSequence: 0,
  stored: 0,
  deadLettered: 0,
  requeueing: 0,
  duplicatesDiscarded: 0,
  ingestedSequence: 0,
};

/** 1,000 captured: 10 excluded, 5 sampled out, 15 dropped, 20 open, 50 spooled, 900 published. */
const BUSY: BootBooks = {
  ...NEW,
  captured: 1_000,
  excludedByReason: { probe: 10 },
  sampledOut: 5,
  droppedByReason: { spool_full: 15 },
  open: 20,
  spooled: 50,
  published: 900,
  acknowledged: 850,
  lastSequence: 920,
  stored: 840,
  deadLettered: 2,
  ingestedSequence: 870,
};

const CURRENT = { bootId: 'boot-2', lastSeen: 2_000 };
const UNKNOWN: StreamView = { state: 'unknown' };

function empty(before: Record<string, { acknowledged: number; ended: boolean }> = {}): StreamView {
  return { state: 'empty', before: new Map(Object.entries(before)) };
}

/** What the parts add up to beside what crashes took. */
function sumOfParts(books: AgentBooks): number {
  const { excluded, sampledOut, dropped, open, spooled, inStream, stored, deadLettered } = books;
  return excluded + sampledOut + dropped + open + spooled + inStream + stored + deadLettered;
}

test('an agent without books has captured nothing and balances', () => {
  const books = sumBooks([], undefined, UNKNOWN);

  assert.equal(books.captured, 0);
  assert.deepEqual(books.lostInCrash, { min: 0, max: 0 });
  assert.equal(books.balanced, true);
});

test('while a boot runs, captured is the sum of its parts', () => {
  const books = sumBooks([BUSY], CURRENT, UNKNOWN);

  assert.equal(books.captured, 1_000);
  assert.equal(sumOfParts(books), 1_000);
  assert.equal(books.inStream, 58);
  assert.deepEqual(books.excludedByReason, { probe: 10 });
  assert.deepEqual(books.droppedByReason, { spool_full: 15 });
  assert.equal(books.balanced, true);
});

test('traffic that is stored before the next heartbeat tells of it does not unbalance the books', () => {
  for (const stored of [905, 940, 958, 2_000]) {
    const ahead = { ...BUSY, stored, deadLettered: 0, ingestedSequence: stored + 100 };

    const books = sumBooks([ahead], CURRENT, empty({ 'boot-2': { acknowledged: 850, ended: false } }));

    assert.equal(books.balanced, true);
    assert.equal(books.captured, sumOfParts(books));
    assert.equal(books.published, stored);
    assert.equal(books.inStream, 0);
    assert.equal(books.captured, Math.max(1_000, 950 + stored - 900));
  }
});

test('exchanges stored before the first heartbeat are captured ones', () => {
  const unreported = { ...NEW, reportedAt: undefined, stored: 7, ingestedSequence: 7 };

  const books = sumBooks([unreported], undefined, UNKNOWN);

  assert.equal(books.captured, 7);
  assert.equal(books.balanced, true);
});

test('more settled than a heartbeat that is new enough says was published is a fault', () => {
  const twice = { ...BUSY, stored: 899 };

  const books = sumBooks([twice], CURRENT, UNKNOWN);

  assert.equal(books.balanced, false);
});

test('a report that does not add up is a fault', () => {
  const books = sumBooks([{ ...BUSY, captured: 1_001 }], CURRENT, UNKNOWN);

  assert.equal(books.balanced, false);
});

test('what was acknowledged and is no longer in the stream must have been settled', () => {
  const before = { 'boot-2': { acknowledged: 850, ended: false } };
  const vanished = sumBooks([BUSY], CURRENT, empty(before));
  const settled = sumBooks([{ ...BUSY, stored: 848 }], CURRENT, empty(before));
  const waiting = sumBooks([BUSY], CURRENT, {
    state: 'holds',
    before: new Map(Object.entries(before)),
    oldestBoot: undefined,
  });

  assert.equal(vanished.balanced, false);
  assert.equal(settled.balanced, true);
  assert.equal(waiting.balanced, true);
});

test('what was acknowledged only after the stream was asked is not missed', () => {
  const books = sumBooks([BUSY], CURRENT, empty({ 'boot-2': { acknowledged: 842, ended: false } }));

  assert.equal(books.balanced, true);
});

test('a boot that said goodbye has nothing open: what is missing is lost, exactly', () => {
  const closed = { ...BUSY, closing: true, stored: 898 };

  const books = sumBooks([closed], CURRENT, empty({ 'boot-2': { acknowledged: 850, ended: true } }));

  assert.equal(books.open, 0);
  assert.equal(books.spooled, 0);
  assert.deepEqual(books.lostInCrash, { min: 70, max: 70 });
  assert.equal(books.captured, 1_000);
  assert.equal(books.captured, sumOfParts(books) + books.lostInCrash.min);
  assert.equal(books.balanced, true);
});

const CRASHED: BootBooks = {
  ...BUSY,
  bootId: 'boot-1',
  reportedAt: 1_000,
  crashed: { min: 1_000, max: 2_000 },
};

test('what a crash took lies between what was known and what was reserved', () => {
  const books = sumBooks([CRASHED, NEW], CURRENT, empty({ 'boot-1': { acknowledged: 840, ended: true } }));

  // 842 settled, 30 withheld: 872 of at least 1,000 and at most 2,000.
  assert.deepEqual(books.lostInCrash, { min: 128, max: 1_128 });
  assert.equal(books.captured, 1_000);
  assert.equal(books.captured, sumOfParts(books) + books.lostInCrash.min);
  assert.equal(books.inStream, 0);
  assert.equal(books.balanced, true);
});

test('what a crashed boot published counts as in the stream while the stream may hold it', () => {
  const withOldest = (oldestBoot: string): StreamView => ({
    state: 'holds',
    before: new Map([['boot-1', { acknowledged: 840, ended: true }]]),
    oldestBoot,
  });

  for (const view of [UNKNOWN, withOldest('boot-1')]) {
    const books = sumBooks([CRASHED, NEW], CURRENT, view);
    assert.equal(books.inStream, 58);
    assert.deepEqual(books.lostInCrash, { min: 70, max: 1_070 });
    assert.equal(books.captured, sumOfParts(books) + books.lostInCrash.min);
  }
  for (const view of [withOldest('boot-2'), withOldest('boot-3')]) {
    const books = sumBooks([CRASHED, NEW], CURRENT, view);
    assert.equal(books.inStream, 0);
    assert.deepEqual(books.lostInCrash, { min: 128, max: 1_128 });
  }
});

test('a crash after more was stored than the last write knew loses at most what was reserved', () => {
  const stored = { ...CRASHED, stored: 1_500, ingestedSequence: 1_600 };

  const books = sumBooks([stored, NEW], CURRENT, empty({ 'boot-1': { acknowledged: 850, ended: true } }));

  // 1,502 settled, 30 withheld.
  assert.deepEqual(books.lostInCrash, { min: 0, max: 468 });
  assert.equal(books.captured, 1_532);
  assert.equal(books.balanced, true);
});

test('a crashed boot with more accounted for than it can have captured is a fault', () => {
  const books = sumBooks([{ ...CRASHED, stored: 1_999 }, NEW], CURRENT, UNKNOWN);

  assert.equal(books.balanced, false);
});

test('a boot that was replaced without a word counts as ended at its last report', () => {
  const replaced = { ...BUSY, bootId: 'boot-1', reportedAt: 1_000, stored: 898 };

  const books = sumBooks([replaced, NEW], CURRENT, empty({ 'boot-1': { acknowledged: 850, ended: true } }));

  assert.equal(books.open + books.spooled, 0);
  assert.deepEqual(books.lostInCrash, { min: 70, max: 70 });
  assert.equal(books.balanced, true);
});

test('a boot whose first heartbeat is under way is not taken for a replaced one', () => {
  const first = { ...BUSY, bootId: 'boot-3', reportedAt: undefined };

  const books = sumBooks([first], CURRENT, UNKNOWN);

  assert.equal(books.open, 20);
});

test('crashes add up over boots, and so do reasons', () => {
  const other = { ...CRASHED, bootId: 'boot-0', reportedAt: 500, excludedByReason: { probe: 1, own: 2 } };
  const ended = { acknowledged: 0, ended: true };

  const books = sumBooks([other, CRASHED, BUSY], CURRENT, empty({ 'boot-0': ended, 'boot-1': ended }));

  assert.deepEqual(books.excludedByReason, { probe: 21, own: 2 });
  assert.equal(books.excluded, 23);
  assert.equal(books.captured, sumOfParts(books) + books.lostInCrash.min);
  assert.equal(books.lostInCrash.max - books.lostInCrash.min, 2_000);
});

test('the oldest batch is asked for only while an ended boot is not settled', () => {
  const settled = { ...CRASHED, stored: 898 };

  assert.equal(needsOldestBatch([BUSY], CURRENT), false);
  assert.equal(needsOldestBatch([settled, BUSY], CURRENT), false);
  assert.equal(needsOldestBatch([CRASHED, BUSY], CURRENT), true);
});

test('dead letters on their way back count as in the stream, whether or not the stream has them', () => {
  const before = { 'boot-2': { acknowledged: 850, ended: false } };
  const onTheWay = { ...BUSY, stored: 848, deadLettered: 0, requeueing: 2 };
  const missing = { ...onTheWay, requeueing: 0 };

  const books = sumBooks([onTheWay], CURRENT, empty(before));

  assert.equal(books.balanced, true);
  assert.equal(books.inStream, 52);
  assert.equal(books.captured, sumOfParts(books));
  assert.equal(sumBooks([missing], CURRENT, empty(before)).balanced, false);
});

test('what comes back from the dead letters of a crashed boot is not lost', () => {
  const onTheWay = { ...CRASHED, stored: 840, deadLettered: 0, requeueing: 2 };

  const books = sumBooks([onTheWay, NEW], CURRENT, empty({ 'boot-1': { acknowledged: 842, ended: true } }));

  assert.deepEqual(books.lostInCrash, { min: 128, max: 1_128 });
  assert.equal(books.inStream, 2);
  assert.equal(books.captured, sumOfParts(books) + books.lostInCrash.min);
  assert.equal(books.balanced, true);
});
