import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { jetstreamManager } from '@nats-io/jetstream';
import { TrafficBatch } from '@culvert/proto';
import { batch, exchangeEvent, mintRequestId, partEvents } from '../ingest/testing/batches.ts';
import { publishBatch, publishHeartbeat } from '../ingest/testing/publish.ts';
import { startRig, until, type Rig } from '../ingest/testing/rig.ts';
import { takeLetters } from './take.ts';
import { openOffice, tellPublished } from './testing/office.ts';

let rig: Rig;

before(async () => {
  rig = await startRig();
});
beforeEach(async () => {
  await rig.clear();
  await rig.pool.query('ALTER TABLE culvert.http_transactions DROP CONSTRAINT IF EXISTS no_brewing');
});
after(() => rig.close());

const HOUR_MS = 3_600_000;
const stored = (): Promise<number> => rig.count('SELECT count(*) FROM culvert.http_transactions');

/** As long as this stands, Postgres refuses some exchanges. */
async function refuseBrewing(): Promise<void> {
  await rig.pool.query(
    `ALTER TABLE culvert.http_transactions ADD CONSTRAINT no_brewing CHECK (method <> 'BREW') NOT VALID`,
  );
}

async function allowBrewing(): Promise<void> {
  await rig.pool.query('ALTER TABLE culvert.http_transactions DROP CONSTRAINT no_brewing');
}

function brewing(id = mintRequestId()) {
  return exchangeEvent(id, { request: { method: 'BREW' } });
}

test('letters of every reason that fail again are the same letters again, and the books balance all along', async () => {
  const office = openOffice(rig);
  const [opening, head] = partEvents();
  const events = [
    exchangeEvent(mintRequestId(Date.now() - 73 * HOUR_MS)),
    exchangeEvent('no id'),
    exchangeEvent(mintRequestId(), { request: { url: Buffer.from('http://cart.local/\0') } }),
    exchangeEvent(),
    { requestId: mintRequestId(), event: undefined },
    exchangeEvent(mintRequestId(Date.now() - 71 * HOUR_MS)),
  ];
  await rig.pool.query('UPDATE culvert.retention SET kept_since = $1', [new Date(Date.now() - 9 * HOUR_MS)]);
  await rig.ingest();
  await publishBatch(rig.nats, batch([opening], { agentId: 'agent-2' }));
  await rig.drained();
  await publishBatch(rig.nats, batch(events));
  await publishBatch(rig.nats, batch([head], { firstSequence: 7 }));
  await publishBatch(rig.nats, batch([exchangeEvent()], { firstSequence: 8 }), {
    payload: Buffer.from('\xff\xffgarbage', 'latin1'),
  });
  await publishBatch(rig.nats, batch([exchangeEvent()], { firstSequence: 9, agentId: 'agent-3' }), {
    subject: 'culvert.exchange.local.shop.agent-1',
  });
  await publishHeartbeat(rig.nats, { bootId: Buffer.alloc(3) });
  await tellPublished(rig, 7);
  const before = await office.letters();
  const books = await office.books();

  const unbalanced = await office.unbalancedDuring(async () => {
    for (let round = 1; round <= 2; round++) {
      const { requeued, failed } = await office.requeue('filter: {}');
      assert.deepEqual([requeued, failed], [before.length, []]);
      await office.settled();
    }
  });

  assert.deepEqual(before.map(({ reason }) => reason).sort(), [
    'CLOCK',
    'EXPIRED',
    'FOREIGN_AGENT',
    'FOREIGN_AGENT',
    'MALFORMED',
    'MALFORMED',
    'MALFORMED',
    'REJECTED',
    'UNDECODABLE',
  ]);
  assert.deepEqual(
    (await office.letters()).map(({ id, reason, state, attempts, eventIndex }) => [
      id,
      reason,
      state,
      attempts,
      eventIndex,
    ]),
    before.map(({ id, reason, eventIndex }) => [id, reason, 'HELD', 2, eventIndex]),
  );
  assert.deepEqual(unbalanced, []);
  assert.deepEqual(await office.books(), books);
  assert.deepEqual([books.stored, books.deadLettered, books.balanced], [1, 6, true]);
});

test('what can be stored now is stored once, and its letters are done with', async () => {
  const office = openOffice(rig);
  await refuseBrewing();
  await rig.ingest();
  await publishBatch(rig.nats, batch([exchangeEvent(), brewing(), brewing()]));
  await publishBatch(rig.nats, batch([brewing()], { firstSequence: 4 }));
  await tellPublished(rig, 4);
  const before = await office.books();
  await allowBrewing();

  const unbalanced = await office.unbalancedDuring(async () => {
    assert.equal((await office.requeue('filter: { reasons: [REJECTED] }')).requeued, 3);
    await office.settled();
  });
  const again = await office.requeue('filter: { state: REQUEUED }');

  assert.deepEqual([before.stored, before.deadLettered], [1, 3]);
  assert.equal(await stored(), 4);
  assert.deepEqual(
    (await office.letters()).map(({ state, attempts }) => [state, attempts]),
    [1, 2, 3].map(() => ['REQUEUED', 1]),
  );
  assert.deepEqual(unbalanced, []);
  const { stored: inBooks, deadLettered, inStream, balanced } = await office.books();
  assert.deepEqual([inBooks, deadLettered, inStream, balanced], [4, 0, 0, true]);
  assert.equal(again.requeued, 0);
  assert.deepEqual(
    again.failed.map(({ reason }) => reason),
    [1, 2, 3].map(() => 'it has been requeued and finished with'),
  );
});

test('a letter that failed twice can be stored the third time', async () => {
  const office = openOffice(rig);
  await refuseBrewing();
  await rig.ingest();
  await publishBatch(rig.nats, batch([brewing()]));
  await tellPublished(rig, 1);

  for (let round = 1; round <= 2; round++) {
    await office.requeue('filter: {}');
    await office.settled();
  }
  await allowBrewing();
  await office.requeue('filter: {}');
  await office.settled();

  assert.deepEqual(
    (await office.letters()).map(({ state, attempts }) => [state, attempts]),
    [['REQUEUED', 3]],
  );
  assert.equal(await stored(), 1);
  const { stored: inBooks, deadLettered, balanced } = await office.books();
  assert.deepEqual([inBooks, deadLettered, balanced], [1, 0, true]);
});

test('a message that an older release could not read is stored, and what fails in it gets letters of its own', async () => {
  const office = openOffice(rig);
  const message = batch([exchangeEvent(), exchangeEvent('no id'), exchangeEvent()], { firstSequence: 41 });
  await rig.ingest();
  await publishBatch(rig.nats, message, { payload: Buffer.from('\xff\xffgarbage', 'latin1') });
  await tellPublished(rig, 3);
  const [unreadable] = await office.letters();
  await rig.pool.query('UPDATE culvert.dead_letters SET payload = $1', [
    TrafficBatch.encode(message).finish(),
  ]);

  const unbalanced = await office.unbalancedDuring(async () => {
    await office.requeue(`ids: ["${unreadable?.id ?? ''}"]`);
    await office.settled();
  });

  assert.deepEqual(
    (await office.letters()).map(({ reason, state, eventIndex }) => [reason, state, eventIndex]),
    [
      ['MALFORMED', 'HELD', 1],
      ['UNDECODABLE', 'REQUEUED', null],
    ],
  );
  assert.equal(await stored(), 2);
  assert.deepEqual(unbalanced, []);
  const { stored: inBooks, deadLettered, balanced } = await office.books();
  assert.deepEqual([inBooks, deadLettered, balanced], [2, 1, true]);
});

test('of two people who requeue the same letters at once, each letter goes with one of them', async () => {
  const office = openOffice(rig);
  const other = openOffice(rig);
  await refuseBrewing();
  await rig.ingest();
  await publishBatch(rig.nats, batch(Array.from({ length: 40 }, () => brewing())));
  await tellPublished(rig, 40);
  await allowBrewing();
  const ids = JSON.stringify((await office.letters()).map(({ id }) => id));

  const unbalanced = await office.unbalancedDuring(async () => {
    const results = await Promise.all([office.requeue(`ids: ${ids}`), other.requeue(`ids: ${ids}`)]);
    assert.equal(results[0].requeued + results[1].requeued, 40);
    assert.equal(results[0].failed.length + results[1].failed.length, 40);
    await office.settled();
  });

  assert.equal(await stored(), 40);
  assert.deepEqual(unbalanced, []);
  const { stored: inBooks, deadLettered, balanced } = await office.books();
  assert.deepEqual([inBooks, deadLettered, balanced], [40, 0, true]);
});

test('letters taken by somebody who died before publishing count as under way, and can be sent by others', async () => {
  const office = openOffice(rig);
  await refuseBrewing();
  await rig.ingest();
  await publishBatch(rig.nats, batch([brewing(), brewing()]));
  await tellPublished(rig, 2);
  await allowBrewing();
  const ids = (await office.letters()).map(({ id }) => id);

  await takeLetters(rig.pool, ids, Date.now() - 60_000);
  const between = await office.books();
  const states = (await office.letters()).map(({ state }) => state);
  const { requeued } = await office.requeue('filter: { state: REQUEUEING }');
  await office.settled();

  assert.deepEqual(
    [between.inStream, between.deadLettered, between.stored, between.balanced],
    [2, 0, 0, true],
  );
  assert.deepEqual(states, ['REQUEUEING', 'REQUEUEING']);
  assert.equal(requeued, 2);
  assert.equal(await stored(), 2);
  const { stored: inBooks, inStream, balanced } = await office.books();
  assert.deepEqual([inBooks, inStream, balanced], [2, 0, true]);
});

test('while NATS is away nothing is touched; when it goes in the middle, sending again stores once', async () => {
  const office = openOffice(rig);
  const closed = openOffice(rig, () => undefined);
  await refuseBrewing();
  await rig.ingest({ ackWaitMs: 1_000 });
  await publishBatch(rig.nats, batch([brewing(), brewing()]));
  await tellPublished(rig, 2);
  await allowBrewing();

  const refused = await closed.ask('mutation { requeueDeadLetters(filter: {}) { requeued } }');
  const untouched = (await office.letters()).map(({ state }) => state);
  await rig.natsServer.kill();
  const lost = await office.requeue('filter: {}');
  const uncertain = (await office.letters()).map(({ state }) => state);
  await rig.natsServer.restart();
  await until('NATS is back and takes both', async () => {
    const { requeued } = await office.requeue('filter: { state: REQUEUEING }');
    return requeued === 2;
  });
  await office.settled();

  assert.equal(refused.errors?.[0]?.extensions?.code, 'STREAM_UNAVAILABLE');
  assert.deepEqual(untouched, ['HELD', 'HELD']);
  assert.equal(lost.requeued, 0);
  assert.match(lost.failed[0]?.reason ?? '', /it can't be told whether the stream has it/);
  assert.deepEqual(uncertain, ['REQUEUEING', 'REQUEUEING']);
  assert.equal(await stored(), 2);
  assert.deepEqual(
    (await office.letters()).map(({ state }) => state),
    ['REQUEUED', 'REQUEUED'],
  );
  const { stored: inBooks, deadLettered, balanced } = await office.books();
  assert.deepEqual([inBooks, deadLettered, balanced], [2, 0, true]);
});

test('letters that the stream refuses are held as before', async () => {
  const office = openOffice(rig);
  await rig.ingest();
  await publishBatch(rig.nats, batch([exchangeEvent('no id')]));
  await tellPublished(rig, 1);
  const manager = await jetstreamManager(rig.nats);
  await manager.streams.update('CULVERT_TRAFFIC', { max_msg_size: 10 });

  const { requeued, failed } = await office.requeue('filter: {}');

  assert.equal(requeued, 0);
  assert.match(failed[0]?.reason ?? '', /^the stream refuses it/);
  assert.deepEqual(
    (await office.letters()).map(({ state }) => state),
    ['HELD'],
  );
  const { deadLettered, balanced } = await office.books();
  assert.deepEqual([deadLettered, balanced], [1, true]);
});

test('an agent that claims to bring a letter back changes nothing', async () => {
  const office = openOffice(rig);
  await rig.ingest();
  await publishBatch(rig.nats, batch([exchangeEvent('no id')]));
  await tellPublished(rig, 2);
  const [letter] = await office.letters();
  await takeLetters(rig.pool, [letter?.id ?? ''], Date.now());

  await publishBatch(rig.nats, batch([exchangeEvent()], { firstSequence: 2 }), {
    headers: { 'Culvert-Dead-Letter': `${letter?.id ?? ''}/01234567-89ab-4def-8123-456789abcdef` },
  });
  await rig.drained();

  assert.deepEqual(
    (await office.letters()).map(({ state }) => state),
    ['REQUEUEING'],
  );
  const { stored: inBooks, inStream, balanced } = await office.books();
  assert.deepEqual([inBooks, inStream, balanced], [1, 1, true]);
});
