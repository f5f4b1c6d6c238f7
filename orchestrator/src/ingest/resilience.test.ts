import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { jetstreamManager } from '@nats-io/jetstream';
import { runChecks } from '@culvert/runtime/admin';
import { createTestLog } from '../testing/log.ts';
import { batch, bodyEvent, exchangeEvent, mintRequestId, partEvents } from './testing/batches.ts';
import { publishBatch } from './testing/publish.ts';
import { startRig, until, type Rig } from './testing/rig.ts';

let rig: Rig;

before(async () => {
  rig = await startRig();
});
beforeEach(() => rig.clear());
after(() => rig.close());

const stored = (): Promise<number> => rig.count('SELECT count(*) FROM culvert.http_transactions');

async function publishMany(batches: number, eventsEach: number): Promise<void> {
  for (let i = 0; i < batches; i++) {
    const events = Array.from({ length: eventsEach }, () => exchangeEvent());
    await publishBatch(rig.nats, batch(events, { firstSequence: 1 + i * eventsEach }));
  }
}

test('two replicas at once store every exchange once, though every batch comes twice', async () => {
  await rig.ingest();
  await rig.ingest();
  const parts = Array.from({ length: 200 }, () => partEvents());
  const batches = Array.from({ length: 20 }, (_, i) =>
    batch(
      [
        ...Array.from({ length: 40 }, () => exchangeEvent()),
        ...parts.slice(i * 10, i * 10 + 10).flatMap(([opening, head]) => [opening, head]),
        ...parts.slice(190 - i * 10, 200 - i * 10).map(([, , ending]) => ending),
      ],
      { firstSequence: 1 + i * 70 },
    ),
  );

  await Promise.all([...batches, ...batches].map((each) => publishBatch(rig.nats, each)));
  await rig.drained();

  assert.equal(await stored(), 1_000);
  assert.equal(
    await rig.count(
      'SELECT count(*) FROM culvert.http_transactions WHERE method IS NULL OR status IS NULL OR outcome IS NULL',
    ),
    0,
  );
  assert.deepEqual(
    await rig.rows(
      'SELECT stored::int, dead_lettered::int, duplicates_discarded::int FROM culvert.agent_books',
    ),
    [{ stored: 1_000, dead_lettered: 0, duplicates_discarded: 1_000 }],
  );
});

test('ids of three days ago get a partition when they come', async () => {
  const old = Date.now() - 71.5 * 3_600_000;
  await rig.ingest();

  await publishBatch(rig.nats, batch([exchangeEvent(mintRequestId(old)), exchangeEvent()]));
  await publishBatch(rig.nats, batch([bodyEvent(mintRequestId(old))], { kind: 2 }));
  await rig.drained();

  assert.equal(await stored(), 2);
  assert.equal(await rig.count('SELECT count(*) FROM culvert.http_bodies'), 1);
  assert.equal(await rig.count('SELECT count(*) FROM culvert.ingest_batches_default'), 0);
});

test('a partition that was dropped is made again, and that is no reason to warn', async () => {
  const old = Date.now() - 50 * 3_600_000;
  const { log, lines } = createTestLog();
  await rig.ingest({}, { log });
  await publishBatch(rig.nats, batch([exchangeEvent(mintRequestId(old))]));
  await rig.drained();
  const hour = new Date(old).toISOString().slice(0, 13).replaceAll(/\D/g, '');
  await rig.pool.query(`DROP TABLE culvert.http_transactions_${hour}`);

  await publishBatch(rig.nats, batch([exchangeEvent(mintRequestId(old))], { firstSequence: 2 }));
  await rig.drained();

  assert.equal(await stored(), 1);
  const told = lines.filter(({ msg }) => /dropped meanwhile|can't commit/.test(String(msg)));
  assert.deepEqual(
    told.map(({ level, kind, err }) => ({ level, kind, err })),
    [{ level: 30, kind: 'exchange', err: undefined }],
  );
});

test('while Postgres is away batches wait in the stream, readiness says so, and then all are stored', async () => {
  const ingest = await rig.ingest();
  await publishMany(5, 20);
  await rig.postgres.kill();

  for (let i = 5; i < 10; i++)
    await publishBatch(rig.nats, batch([exchangeEvent()], { firstSequence: 1_000 + i }));
  await until('readiness says that nothing is committed', async () => {
    const { checks } = await runChecks(ingest.checks);
    return /can't commit exchange batches to Postgres/.test(checks['ingest']?.message ?? '');
  });
  await rig.postgres.restart();
  await rig.drained();

  assert.equal(await stored(), 105);
  await until('readiness recovers', async () => (await runChecks(ingest.checks)).status === 'ok');
});

test('after nats-server was killed and has come back, ingest goes on', async () => {
  const ingest = await rig.ingest({ ackWaitMs: 1_000 });
  await publishMany(2, 10);
  await rig.drained();

  await rig.natsServer.kill();
  await until('readiness says that NATS is away', async () =>
    /not connected/.test((await runChecks(ingest.checks)).checks['ingest-nats']?.message ?? ''),
  );
  await rig.natsServer.restart();
  await until('publishing works again', async () => {
    await publishBatch(rig.nats, batch([exchangeEvent()], { firstSequence: 100 }));
    return true;
  });
  await rig.drained();

  assert.ok((await stored()) >= 21);
  await until('readiness recovers', async () => (await runChecks(ingest.checks)).status === 'ok');
});

test('streams that were deleted are made again', async () => {
  await rig.ingest();
  const manager = await jetstreamManager(rig.nats);

  await manager.streams.delete('CULVERT_TRAFFIC');
  await until('the stream takes batches again', async () => {
    await publishBatch(rig.nats, batch([exchangeEvent()]));
    return true;
  });
  await rig.drained();

  assert.equal(await stored(), 1);
});

test('stopping in the middle finishes what has been pulled, and the next replica goes on', async () => {
  const ingest = await rig.ingest({ transactionMs: 5 });
  const stopSoon = until('some are stored', async () => (await stored()) > 0).then(() => ingest.stop());

  await Promise.all([publishMany(40, 50), stopSoon]);
  await rig.ingest();
  await rig.drained();

  assert.equal(await stored(), 2_000);
  assert.equal(await rig.count('SELECT count(*) FROM culvert.dead_letters'), 0);
});
