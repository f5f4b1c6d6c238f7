import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventKind } from '@culvert/proto';
import { createBooks } from '../books/books.ts';
import { BATCH_BYTES, BATCH_EVENTS, Spool } from './spool.ts';

const EXCHANGE = EventKind.EVENT_KIND_EXCHANGE;
const HEADROOM = 100;

function setUp(segments: number) {
  const books = createBooks();
  const clock = { now: 1_000 };
  const seen: boolean[] = [];
  const spool = new Spool({
    limitBytes: segments * BATCH_BYTES,
    headroom: HEADROOM,
    books,
    now: () => clock.now,
    onContent: (sealed) => seen.push(sealed),
  });
  /** Writes events of one size, each filled with its number, and returns how many found room. */
  const write = (events: number, bytes: number, counted: 0 | 1 = 1): number => {
    let found = 0;
    for (let i = 0; i < events; i++) {
      const segment = spool.room(EXCHANGE, bytes);
      if (segment === undefined) continue;
      segment.buffer.fill(i & 0xff, segment.end, segment.end + bytes);
      spool.wrote(segment, segment.end + bytes, counted);
      found++;
    }
    return found;
  };
  return { books, clock, seen, spool, write };
}

test('a segment is due when it is old enough and not before', () => {
  const { clock, spool, write } = setUp(4);
  write(3, 10);
  const early = spool.take(20);
  clock.now += 20;
  const due = spool.take(20);
  assert.equal(early, undefined);
  assert.equal(due?.events, 3);
  assert.equal(due.end - due.start, 30);
  assert.equal(spool.take(-1), undefined);
});

test('a segment is sealed at its number of events and at its size', () => {
  const { seen, spool, write } = setUp(8);
  write(BATCH_EVENTS + 1, 10);
  assert.equal(spool.take(1_000)?.events, BATCH_EVENTS);
  write(2, 300_000);
  assert.equal(spool.take(1_000)?.events, 1 + 1);
  assert.ok(seen.includes(true));
});

test('an event larger than a batch does not fit', () => {
  const { spool } = setUp(4);
  assert.equal(spool.fits(BATCH_BYTES - HEADROOM), true);
  assert.equal(spool.fits(BATCH_BYTES - HEADROOM + 1), false);
});

test('S1-48: a full spool drops its oldest segment, counts every event of it and stays within its bytes', () => {
  const { books, spool, write } = setUp(4);
  const written = write(10, 400_000);
  assert.equal(written, 10);
  assert.equal(spool.allocatedBytes, 4 * BATCH_BYTES);
  assert.equal(books.exchange.dropped.get('spool_full'), 6);
  assert.equal(books.exchange.spooled, 4);
  assert.equal(spool.take(-1)?.buffer[HEADROOM], 6, 'the oldest that is left comes first');
});

test('when everything is in flight there is no room, and room again after a release', () => {
  const { spool, write } = setUp(4);
  write(4, 400_000);
  const inFlight = [spool.take(-1), spool.take(-1), spool.take(-1), spool.take(-1)];
  assert.equal(write(1, 400_000), 0);
  assert.ok(inFlight[0]);
  spool.release(inFlight[0], true);
  assert.equal(write(1, 400_000), 1);
});

test('the end of an exchange goes with its first part when that was dropped', () => {
  const { books, spool, write } = setUp(4);
  const first = spool.room(EXCHANGE, 400_000);
  assert.ok(first);
  spool.wrote(first, first.end + 400_000, 0);
  write(2, 400_000);
  const last = spool.room(EXCHANGE, 200_000);
  assert.ok(last);
  last.buffer.fill(1, last.end, last.end + 10);
  spool.wrote(last, last.end + 10, 1);
  last.buffer.fill(2, last.end, last.end + 20);
  spool.wrote(last, last.end + 20, 1, [first.fate]);
  last.buffer.fill(3, last.end, last.end + 30);
  spool.wrote(last, last.end + 30, 1);
  write(1, 512 * 1024 - HEADROOM);
  assert.equal(first.fate.discarded, true);
  const taken = [spool.take(-1), spool.take(-1), spool.take(-1)];
  const cut = taken.find((segment) => segment === last);
  assert.ok(cut);
  assert.equal(cut.events, 2);
  assert.deepEqual([...new Set(cut.buffer.subarray(cut.start, cut.end))], [1, 3]);
  assert.equal(books.exchange.dropped.get('spool_full'), 1);
  assert.equal(books.exchange.spooled, 5);
});

test('a segment that was found for an event that was never written waits for nothing', () => {
  const { spool } = setUp(4);
  spool.room(EXCHANGE, 10);
  assert.equal(spool.oldest(), undefined);
  assert.equal(spool.take(-1), undefined);
});

test('an event that ran past the end of its segment is refused, and the next one is written over it', () => {
  const { books, spool, write } = setUp(4);
  const segment = spool.room(EXCHANGE, 10);
  assert.ok(segment);
  assert.throws(() => {
    spool.wrote(segment, segment.buffer.length + 1, 1);
  }, /bound of an event is too small/);
  write(1, 10);
  const taken = spool.take(-1);
  assert.equal(taken?.events, 1);
  assert.equal(taken.end - taken.start, 10);
  assert.equal(books.exchange.spooled, 1);
});

test('a segment that can not be cut is dropped and counted', () => {
  const { books, spool } = setUp(4);
  const segment = spool.room(EXCHANGE, 1_000);
  assert.ok(segment);
  // As long as an event, and none.
  segment.buffer.fill(0xff, segment.end, segment.end + 1_000);
  segment.buffer.set([0x32, 0xe5, 0x07], segment.end);
  spool.wrote(segment, segment.end + 1_000, 1);
  spool.limitBatches(500);
  assert.throws(() => spool.take(-1));
  assert.equal(books.exchange.spooled, 0);
  assert.equal(books.exchange.dropped.get('fault'), 1);
  assert.equal(spool.allocatedBytes, 0);
});
