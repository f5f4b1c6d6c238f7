import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { EventKind } from '@culvert/proto';
import { createBooks } from '../books/books.ts';
import { Spool } from '../spool/spool.ts';
import { createBatchMaker, type Batch } from './batch.ts';
import { createAgent } from './identity.ts';
import { Publisher } from './publisher.ts';

const EXCHANGE = EventKind.EVENT_KIND_EXCHANGE;

/** A publisher in front of a stream whose answers the test gives, after so many attempts at which sending throws. */
function setUp(t: TestContext, window = 4, throwing = 0) {
  const books = createBooks();
  let clock = 0;
  const refusals: unknown[] = [];
  const faults: unknown[] = [];
  const sent: { readonly batch: Batch; readonly accept: () => void; readonly refuse: () => void }[] = [];
  const identity = { cluster: 'c', namespace: 'n', workload: '', pod: '', node: '', version: '', role: '' };
  const maker = createBatchMaker(createAgent('agent', identity));
  const spool = new Spool({
    limitBytes: 64 * 512 * 1024,
    headroom: maker.headroom,
    books,
    now: () => clock,
    onContent: () => undefined,
  });
  const publisher = new Publisher({
    spool,
    books,
    maker,
    window,
    lingerMs: 20,
    now: () => 1_000 + Date.now(),
    onRefused: (error) => refusals.push(error),
    onError: (error) => faults.push(error),
    publish: (batch) => {
      if (throwing-- > 0) throw new Error('a fault of ours');
      return new Promise((resolve, reject) => {
        sent.push({ batch, accept: resolve, refuse: () => reject(new Error('full')) });
      });
    },
  });
  t.after(() => publisher.stop());
  const write = (events: number, bytes = 10): void => {
    for (let i = 0; i < events; i++) {
      const segment = spool.room(EXCHANGE, bytes);
      assert.ok(segment);
      spool.wrote(segment, segment.end + bytes, 1);
    }
    clock += 1_000;
  };
  return { books, faults, maker, publisher, refusals, sent, spool, write };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('at most a window of batches is unacknowledged, and an acknowledgement lets the next one go', async (t) => {
  const { books, publisher, sent, write } = setUp(t, 2);
  write(1_500);
  publisher.connected();
  assert.deepEqual(
    sent.map(({ batch }) => batch.key.count),
    [500, 500],
  );
  sent[0]?.accept();
  await settled();
  assert.equal(sent.length, 3);
  assert.equal(books.exchange.published, 1_500);
  assert.equal(books.exchange.acknowledged, 500);
  assert.equal(books.exchange.spooled, 0);
});

test('sequence numbers count the events of a kind from 1 without a gap', (t) => {
  const { publisher, sent, write } = setUp(t);
  write(1_001);
  publisher.connected();
  assert.deepEqual(
    sent.map(({ batch }) => [batch.key.firstSequence, batch.key.count]),
    [
      [1, 500],
      [501, 500],
      [1_001, 1],
    ],
  );
});

test('nothing is sent before the connection is up', (t) => {
  const { publisher, sent, write } = setUp(t);
  write(600);
  publisher.notify(true);
  assert.equal(sent.length, 0);
});

test('S1-49: after a reconnect the same batches go again, and a late answer counts once', async (t) => {
  const { books, publisher, sent, write } = setUp(t);
  write(3);
  publisher.connected();
  publisher.disconnected();
  publisher.connected();
  assert.equal(sent.length, 2);
  assert.equal(sent[0]?.batch, sent[1]?.batch);
  sent[1]?.accept();
  sent[0]?.accept();
  await settled();
  assert.equal(books.exchange.acknowledged, 3);
  assert.equal(publisher.unacknowledged, 0);
});

test('memory of a batch that was sent twice is not used again while a copy may be under way', async (t) => {
  const { publisher, sent, spool, write } = setUp(t);
  write(3);
  publisher.connected();
  publisher.disconnected();
  publisher.connected();
  sent[0]?.accept();
  await settled();
  const next = spool.room(EXCHANGE, 10);
  assert.notEqual(next?.buffer, sent[0]?.batch.segment.buffer);
});

test('a refused batch is sent again, unchanged, after a pause', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const { books, publisher, sent, write } = setUp(t);
  write(3);
  publisher.connected();
  sent[0]?.refuse();
  await settled();
  for (let i = 0; i < 100 && sent.length < 2; i++) t.mock.timers.tick(100);
  assert.equal(sent.length, 2);
  assert.deepEqual(sent[1]?.batch.key, sent[0]?.batch.key);
  assert.equal(books.exchange.published, 3);
  sent[1]?.accept();
  await settled();
  assert.equal(books.exchange.acknowledged, 3);
});

test('a flush sends young events too and tells when something is left', async (t) => {
  const { publisher, sent, write } = setUp(t);
  write(2);
  publisher.connected();
  const flushed = publisher.flush(10_000);
  sent[0]?.accept();
  assert.equal(await flushed, true);
  write(1);
  assert.equal(await publisher.flush(1), false);
});

test('a flush with nothing to send does not wait for a connection', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const { publisher } = setUp(t);
  assert.equal(await publisher.flush(10_000), true);
});

test('batches that are refused together are reported once and sent again after one pause', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const { publisher, refusals, sent, write } = setUp(t);
  write(1_500);
  publisher.connected();
  for (const { refuse } of sent) refuse();
  await settled();
  t.mock.timers.tick(50);
  assert.equal(sent.length, 3, 'a stream that is full is not asked again at once');
  assert.equal(refusals.length, 1);
  t.mock.timers.tick(50);
  assert.equal(sent.length, 6);
});

test('room that was found and never used keeps neither the publisher nor a flush busy', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const { publisher, sent, spool } = setUp(t);
  const asked = t.mock.method(spool, 'take');
  publisher.connected();
  spool.room(EXCHANGE, 10);
  publisher.notify(false);
  for (let i = 0; i < 100; i++) t.mock.timers.tick(10);
  const flushed = await publisher.flush(10_000);
  assert.ok(asked.mock.callCount() < 5, `looked ${asked.mock.callCount()} times`);
  assert.equal(flushed, true);
  assert.equal(sent.length, 0);
});

test('a batch that can not be made is dropped and counted, and the next one goes with the next numbers', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const { books, faults, maker, publisher, sent, write } = setUp(t);
  const making = t.mock.method(maker, 'make');
  making.mock.mockImplementationOnce(() => {
    throw new Error('a fault of ours');
  });
  publisher.connected();
  write(3);
  publisher.notify(true);
  write(2);
  for (let i = 0; i < 20 && sent.length === 0; i++) t.mock.timers.tick(100);
  assert.equal(faults.length, 1);
  assert.equal(books.exchange.dropped.get('fault'), 3);
  assert.equal(sent[0]?.batch.key.firstSequence, 1);
  assert.equal(sent[0].batch.key.count, 2);
});

test('a connection that throws keeps the batch, which is sent after a pause', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const { books, faults, publisher, sent, write } = setUp(t, 4, 1);
  publisher.connected();
  write(3);
  publisher.notify(true);
  const before = sent.length;
  for (let i = 0; i < 20 && sent.length === 0; i++) t.mock.timers.tick(100);
  sent[0]?.accept();
  await settled();
  assert.equal(before, 0);
  assert.equal(faults.length, 1);
  assert.equal(books.exchange.acknowledged, 3);
});
