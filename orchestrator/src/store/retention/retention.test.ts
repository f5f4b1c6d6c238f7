import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import pg from 'pg';
import { Registry } from 'prom-client';
import { EventKind } from '@culvert/proto';
import type { Clock } from '@culvert/runtime/clock';
import { batch, bodyEvent, exchangeEvent, mintRequestId } from '../../ingest/testing/batches.ts';
import { publishBatch } from '../../ingest/testing/publish.ts';
import { startRig, until, type Rig } from '../../ingest/testing/rig.ts';
import { createTestGraphql } from '../../testing/graphql.ts';
import { createTestLog } from '../../testing/log.ts';
import { hourOf } from '../partition-names.ts';
import { startRetention, type Retention } from './retention.ts';

let rig: Rig;
/** Postgres's, so that nothing depends on how far this machine's is from it. */
let clock: Clock;
let started: Retention[] = [];

before(async () => {
  rig = await startRig();
  clock = await rig.storeClock();
});
beforeEach(async () => {
  await Promise.all(started.map((retention) => retention.stop()));
  started = [];
  await rig.clear();
});
after(async () => {
  await Promise.all(started.map((retention) => retention.stop()));
  await rig.close();
});

const HOUR_MS = 3_600_000;
const MIB = 1024 ** 2;
const QUICK = { retentionPeriodMs: 50, deadLetterAgeMs: HOUR_MS };

function ago(hours: number): number {
  return clock.now() - hours * HOUR_MS;
}

function suffix(unixMs: number): string {
  return new Date(unixMs).toISOString().slice(0, 13).replaceAll(/\D/g, '');
}

/** The names of the hours that have partitions of a table, in any state. */
async function hoursOf(table: string): Promise<string[]> {
  const rows = await rig.rows<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'culvert'::regnamespace AND relkind = 'r'
     AND relname ~ ('^' || $1 || '_\\d{10}$') ORDER BY 1`,
    [table],
  );
  return rows.map(({ name }) => name.slice(-10));
}

let sequence = 1;

/** Publishes exchanges of an hour, with so many bytes of bodies that don't compress. */
async function publishHour(unixMs: number, bytes: number): Promise<string[]> {
  const ids = Array.from({ length: 5 }, () => mintRequestId(unixMs));
  await publishBatch(
    rig.nats,
    batch(
      ids.map((id) => exchangeEvent(id)),
      { firstSequence: sequence },
    ),
  );
  sequence += ids.length;
  for (let sent = 0; sent < bytes; sent += 256 * 1024) {
    const body = bodyEvent(ids[0], { data: randomBytes(256 * 1024), offset: sent });
    await publishBatch(
      rig.nats,
      batch([body], { kind: EventKind.EVENT_KIND_BODY, firstSequence: sequence++ }),
    );
  }
  return ids;
}

function retain(limits: Partial<{ retentionMs: number; retentionBytes: number; deadLetterAgeMs: number }>) {
  const registry = new Registry();
  const { log, lines } = createTestLog();
  const retention = startRetention({
    pool: rig.pool,
    clock,
    log,
    registry,
    limits: { retentionMs: 72 * HOUR_MS, retentionBytes: 1024 * MIB, ...QUICK, ...limits },
  });
  started.push(retention);
  return { retention, registry, lines };
}

async function total(registry: Registry, name: string): Promise<number> {
  const metric = await registry.getSingleMetric(name)?.get();
  return (metric?.values ?? []).reduce((sum, { value }) => sum + value, 0);
}

test('filled past its limit, the oldest hours go and the newest stay, while ingest and lists go on', async (t) => {
  const graphql = createTestGraphql(rig.pool);
  graphql.now = clock.now();
  await rig.ingest({}, { clock });
  const times = [10, 9, 8, 3, 2].map(ago);
  for (const time of times) await publishHour(time, 2 * MIB);
  const newest = await publishHour(clock.now(), 256 * 1024);
  await rig.drained();
  let lists = 0;
  let working = true;
  t.after(() => {
    working = false;
  });
  const failures: unknown[] = [];
  const listing = Promise.all(
    Array.from({ length: 3 }, async () => {
      while (working) {
        const answer = await graphql.ask<{ requests: { requestId: string }[] }>(
          '{ requests { requestId url requestBodyState responseBody } }',
        );
        if (answer.errors !== undefined) failures.push(...answer.errors);
        else if (!answer.data.requests.some(({ requestId }) => requestId === newest[0]))
          failures.push(answer.data);
        lists++;
      }
    }),
  );

  const { retention, registry, lines } = retain({ retentionBytes: 9 * MIB });
  await publishHour(clock.now(), 256 * 1024);
  await until('enough has gone', async () => {
    const { bytes, problem } = retention.report();
    return (
      bytes > 0 &&
      bytes <= 9 * MIB &&
      problem === undefined &&
      (await total(registry, 'culvert_partitions_dropped_total')) > 0
    );
  });
  const seen = lists;
  await until('lists went on afterwards', () => lists > seen + 5);
  working = false;
  await listing;
  await rig.drained();

  const kept = await hoursOf('http_transactions');
  assert.deepEqual(failures, []);
  assert.ok(!kept.includes(suffix(ago(10))) && !kept.includes(suffix(ago(9))));
  assert.ok(kept.includes(suffix(ago(3))) && kept.includes(suffix(clock.now())));
  for (let ahead = 1; ahead <= 6; ahead++)
    assert.ok(kept.includes(suffix(ago(-ahead))), `${ahead} hours ahead`);
  for (const table of ['http_bodies', 'websocket_frames', 'system_metrics'])
    assert.deepEqual(await hoursOf(table), kept, table);
  assert.equal(await rig.count('SELECT count(*) FROM culvert.dead_letters'), 0);
  assert.ok((await total(registry, 'culvert_retention_kept_bytes')) <= 9 * MIB);
  const oldest = await total(registry, 'culvert_retention_oldest_hour_timestamp_seconds');
  assert.equal(suffix(oldest * 1_000), kept[0]);
  assert.ok(
    lines.some(
      ({ msg, hour }) => msg === 'an hour was dropped' && hour === new Date(hourOf(ago(10))).toISOString(),
    ),
  );
});

test('what comes late for an hour that has gone is a dead letter, and the hour is not made again', async () => {
  await rig.ingest({}, { clock });
  await publishHour(ago(5), 0);
  await publishHour(ago(1), 0);
  await rig.drained();

  retain({ retentionMs: 3 * HOUR_MS });
  await until('the hour is gone', async () => !(await hoursOf('http_transactions')).includes(suffix(ago(5))));
  const late = mintRequestId(ago(5));
  const never = mintRequestId(ago(50));
  await publishBatch(
    rig.nats,
    batch([exchangeEvent(late), exchangeEvent(never), exchangeEvent(mintRequestId(clock.now()))], {
      firstSequence: 100,
    }),
  );
  await publishBatch(
    rig.nats,
    batch([bodyEvent(late)], { kind: EventKind.EVENT_KIND_BODY, firstSequence: 1 }),
  );
  await rig.drained();

  assert.deepEqual(
    await rig.rows('SELECT kind, event_index, reason, exchanges FROM culvert.dead_letters ORDER BY 1, 2'),
    [
      { kind: 1, event_index: 0, reason: 'expired', exchanges: 1 },
      { kind: 1, event_index: 1, reason: 'expired', exchanges: 1 },
      { kind: 2, event_index: 0, reason: 'expired', exchanges: 1 },
    ],
  );
  assert.deepEqual(
    await rig.rows('SELECT stored::int, dead_lettered::int FROM culvert.agent_books WHERE kind = 1'),
    [{ stored: 11, dead_lettered: 2 }],
  );
  const kept = await hoursOf('http_transactions');
  assert.ok(!kept.includes(suffix(ago(5))) && !kept.includes(suffix(ago(50))));
});

test('an hour that somebody reads is not waited for: ingest and other readers go on, and it goes afterwards', async (t) => {
  await rig.ingest({}, { clock });
  await publishHour(ago(6), 0);
  await rig.drained();
  const reader = new pg.Client({ connectionString: rig.postgres.url });
  await reader.connect();
  t.after(() => reader.end());
  await reader.query('BEGIN');
  const before = await reader.query('SELECT count(*)::int AS n FROM culvert.http_transactions');

  const { retention, lines } = retain({ retentionMs: 2 * HOUR_MS });
  await until('it says that somebody uses them', () =>
    /can't be dropped yet/.test(retention.report().problem ?? ''),
  );
  await publishHour(clock.now(), 0);
  await rig.drained();
  const others = await rig.count('SELECT count(*) FROM culvert.http_transactions');
  await reader.query('COMMIT');
  await until('it has gone', async () => !(await hoursOf('http_transactions')).includes(suffix(ago(6))));
  await until('nothing is wrong any more', () => retention.report().problem === undefined);

  assert.deepEqual(before.rows, [{ n: 5 }]);
  assert.equal(others, 5);
  assert.equal(lines.filter(({ msg }) => msg === 'retention is behind').length, 1);
});

test('several processes at once drop each hour once, and half detached ones are finished with', async () => {
  await rig.ingest({}, { clock });
  for (const hours of [9, 8, 7]) await publishHour(ago(hours), 0);
  await rig.drained();
  const old = `http_transactions_${suffix(ago(9))}`;
  await rig.pool.query(`ALTER TABLE culvert.http_transactions DETACH PARTITION culvert.${old} CONCURRENTLY`);

  const runs = Array.from({ length: 3 }, () => retain({ retentionMs: 2 * HOUR_MS }));
  const dropped = async (): Promise<number> => {
    const counts = runs.map(({ registry }) => total(registry, 'culvert_partitions_dropped_total'));
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  };
  await until('all have gone', async () => (await dropped()) >= 12);

  assert.equal(await dropped(), 12);
  for (const table of ['http_transactions', 'http_bodies', 'websocket_frames', 'system_metrics'])
    assert.ok(
      (await hoursOf(table)).every((hour) => hour >= suffix(ago(2))),
      table,
    );
  for (const { registry } of runs) assert.equal(await total(registry, 'culvert_retention_failures_total'), 0);
});

test('a clock that runs ahead drops nothing', async () => {
  await rig.ingest({}, { clock });
  await publishHour(ago(5), 0);
  await rig.drained();
  const registry = new Registry();
  let passes = 0;
  const ahead = {
    now: () => {
      passes++;
      return clock.now() + 30 * 24 * HOUR_MS;
    },
  };

  const { log } = createTestLog();
  started.push(
    startRetention({
      pool: rig.pool,
      clock: ahead,
      log,
      registry,
      limits: { retentionMs: 72 * HOUR_MS, retentionBytes: 1024 * MIB, ...QUICK },
    }),
  );
  await until('it has looked several times', () => passes > 3);

  assert.equal(await rig.count('SELECT count(*) FROM culvert.http_transactions'), 5);
});

test('dead letters go by their age; those on their way back when they have been so for as long', async () => {
  await rig.ingest({}, { clock });
  await publishBatch(rig.nats, batch(Array.from({ length: 5 }, () => exchangeEvent('no id'))));
  await rig.drained();
  const change = (index: number, set: string): Promise<unknown> =>
    rig.pool.query(`UPDATE culvert.dead_letters SET ${set} WHERE event_index = ${index}`);
  const old = `now() - interval '2 hours'`;
  for (let index = 0; index < 4; index++) await change(index, `created_at = ${old}`);
  await change(1, 'requeued_at = now()');
  await change(2, 'requeued_at = now(), settled_at = now()');
  await change(3, `requeued_at = ${old}`);
  await rig.pool.query('UPDATE culvert.agent_books SET dead_lettered = 2, requeueing = 2, stored = 1');

  const { registry } = retain({ deadLetterAgeMs: HOUR_MS });
  await until(
    'the old ones are gone',
    async () => (await total(registry, 'culvert_dead_letters_deleted_total')) === 3,
  );

  assert.deepEqual(await rig.rows('SELECT event_index FROM culvert.dead_letters ORDER BY 1'), [
    { event_index: 1 },
    { event_index: 4 },
  ]);
  assert.deepEqual(
    await rig.rows('SELECT stored::int, dead_lettered::int, requeueing::int FROM culvert.agent_books'),
    [{ stored: 1, dead_lettered: 3, requeueing: 1 }],
  );
});
