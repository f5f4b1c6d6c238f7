import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import type pg from 'pg';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { startPostgres, type PostgresServer } from '@culvert/demo/launcher/postgres';
import { migrate } from './migrate.ts';
import { startPartitions, type Partitions } from './partitions.ts';
import { createPool } from './pool.ts';

const log = pino({ level: 'silent' });
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

let directory: string;
let postgres: PostgresServer;
let pool: pg.Pool;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culvert-migrations-'));
  postgres = await startPostgres({ dataDir: join(directory, 'postgres'), port: 0, durable: false });
  pool = createPool(postgres.url, { applicationName: 'test', log });
});
beforeEach(() => pool.query('DROP SCHEMA IF EXISTS culvert CASCADE'));
after(async () => {
  await pool.end();
  await postgres.stop();
  await rm(directory, { recursive: true });
});

async function tables(pattern: string): Promise<string[]> {
  const result = await pool.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'culvert'::regnamespace AND relkind IN ('r', 'p')
     AND relname ~ $1 ORDER BY 1`,
    [pattern],
  );
  return result.rows.map((row) => row.name);
}

function keeperAt(now: number): Partitions {
  const clock = { now: () => now };
  return startPartitions({ pool, clock, log, registry: new Registry(), acceptedPastMs: 3 * DAY_MS });
}

async function migrations(): Promise<{ name: string }[]> {
  return (await pool.query<{ name: string }>('SELECT * FROM culvert.migrations ORDER BY name')).rows;
}

test('replicas that start at once migrate once, and a later start changes nothing', async () => {
  await Promise.all(Array.from({ length: 4 }, () => migrate(postgres.url, log)));
  const first = await migrations();
  await migrate(pool, log);

  assert.deepEqual(await migrations(), first);
  assert.deepEqual(
    first.slice(0, 3).map(({ name }) => name),
    ['0001-tables', '0002-system-metrics-time', '0003-filters'],
  );
  assert.ok((await tables('^http_transactions$')).length === 1);
});

test('a replica of an older release starts on tables that a newer one has migrated', async () => {
  await migrate(pool, log);
  const known = await migrations();
  await pool.query(`INSERT INTO culvert.migrations VALUES ('9999-later', now()::text)`);

  await migrate(pool, log);

  assert.deepEqual(
    (await migrations()).map(({ name }) => name),
    [...known.map(({ name }) => name), '9999-later'],
  );
});

test('partitions are made six hours ahead, by several keepers at once', async () => {
  const now = Date.UTC(2026, 5, 1, 12, 30);
  await migrate(pool, log);

  const keepers = Array.from({ length: 3 }, () => keeperAt(now));
  await Promise.all(keepers.map((keeper) => keeper.ensure([now, now + HOUR_MS, now - 70 * HOUR_MS])));
  await Promise.all(keepers.map((keeper) => keeper.stop()));

  assert.deepEqual(await tables('^http_transactions_'), [
    'http_transactions_2026052914',
    ...Array.from({ length: 8 }, (_, i) => `http_transactions_20260601${i + 11}`),
  ]);
  assert.deepEqual(await tables('^ingest_batches_'), [
    'ingest_batches_20260529',
    'ingest_batches_20260601',
    'ingest_batches_20260602',
    'ingest_batches_default',
  ]);
  assert.equal((await tables('^(http_bodies|websocket_frames|system_metrics)_')).length, 27);
});

test('a partition has the keys and indexes of its table', async () => {
  const now = Date.UTC(2026, 5, 1, 12);
  await migrate(pool, log);
  const keeper = keeperAt(now);
  await keeper.ensure([now]);
  await keeper.stop();

  const indexesOf = async (table: string): Promise<string[]> => {
    const { rows } = await pool.query<{ definition: string }>(
      `SELECT regexp_replace(indexdef, '^CREATE (UNIQUE )?INDEX .* USING ', '\\1') AS definition
       FROM pg_indexes WHERE tablename = $1 ORDER BY 1`,
      [table],
    );
    return rows.map(({ definition }) => definition);
  };
  const own = await indexesOf('http_transactions_2026060112');
  assert.deepEqual(own, await indexesOf('http_transactions'));
  assert.ok(own.includes('UNIQUE btree (request_id)'));
  assert.ok(own.includes('btree (cluster, namespace, request_id)'));
});

test('keys of batches are dropped after ten days, those in the default partition too', async () => {
  const start = Date.UTC(2025, 5, 1, 12);
  let now = start;
  const keep = async (): Promise<void> => {
    const keeper = keeperAt(now);
    while (keeper.fault() !== undefined) await new Promise((resolve) => setTimeout(resolve, 10));
    await keeper.stop();
  };
  await migrate(pool, log);
  await keep();
  for (const day of ['2025-06-01', '2030-01-01'])
    await pool.query(
      `INSERT INTO culvert.ingest_batches VALUES ($1, 'a', gen_random_uuid(), 1, 1, 1, to_timestamp($2))`,
      [day, start / 1_000],
    );

  now = start + 10 * DAY_MS;
  await keep();
  const kept = await pool.query('SELECT FROM culvert.ingest_batches');
  now = start + 11 * DAY_MS;
  await keep();
  const left = await pool.query('SELECT FROM culvert.ingest_batches');

  assert.equal(kept.rowCount, 2);
  assert.equal(left.rowCount, 0);
  assert.deepEqual(await tables('^ingest_batches_2025060[12]'), ['ingest_batches_20250602']);
});

test('a clock that runs ahead costs no keys of batches', async () => {
  await migrate(pool, log);
  // By Postgres's clock, which this machine's is held against.
  const { rows } = await pool.query<{ now: Date }>('SELECT clock_timestamp() AS now');
  const now = rows[0]?.now.getTime() ?? NaN;
  const today = new Date(now).toISOString().slice(0, 10);
  const keeper = keeperAt(now);
  await keeper.ensure([now]);
  await keeper.stop();
  const ahead = keeperAt(now + 30 * 24 * HOUR_MS);

  while (ahead.fault() !== undefined) await new Promise((resolve) => setTimeout(resolve, 10));
  await ahead.stop();

  assert.ok((await tables('^ingest_batches_')).includes(`ingest_batches_${today.replaceAll('-', '')}`));
});

test('keys that came before their day had a partition move there', async () => {
  const now = Date.UTC(2026, 5, 1, 12);
  await migrate(pool, log);
  await pool.query(
    `INSERT INTO culvert.ingest_batches VALUES ('2026-06-01', 'a', gen_random_uuid(), 1, 1, 1, now())`,
  );

  const keeper = keeperAt(now);
  await keeper.ensure([now]);
  await keeper.stop();

  assert.equal((await pool.query('SELECT FROM culvert.ingest_batches_20260601')).rowCount, 1);
  assert.equal((await pool.query('SELECT FROM culvert.ingest_batches_default')).rowCount, 0);
});

test('a lost idle connection does not end the process', async () => {
  const other = createPool(postgres.url, { applicationName: 'idle', log });
  await other.query('SELECT 1');

  await pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'idle'`);
  while (other.totalCount > 0) await new Promise((resolve) => setTimeout(resolve, 10));

  assert.equal((await other.query('SELECT 1 AS one')).rowCount, 1);
  await other.end();
});
