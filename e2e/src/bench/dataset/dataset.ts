import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { startPostgres, type PostgresServer } from '@culvert/demo/launcher/postgres';
import type { Bench } from '../context.ts';
import { fixed } from '../report/numbers.ts';
import { CLAIM_BODIES, INSERT_BODIES } from './bodies-sql.ts';
import { databaseUrl, withClient } from './client.ts';
import { fill, fillRollups, tidy } from './fill.ts';
import { finishHours, HOUR_MS, makeHours } from './hours.ts';

const HOURS = 72;
/** Postgres's log, in the folder of the run. */
export const DATASET_LOG = 'dataset.log';

/** Sets of exchanges in the same 72 partitions; `bodies` is the small one with bodies of 1 MiB of the newest ones. */
export type SetName = 'small' | 'bodies' | 'large';

/** A Postgres with filled databases. */
export interface Dataset {
  readonly postgres: PostgresServer;
  url(set: SetName): string;
}

/** Settings that only loading has: nothing of it must survive a crash. */
const LOADING = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  wal_level: 'minimal',
  max_wal_senders: 0,
  autovacuum: 'off',
  maintenance_work_mem: '512MB',
  max_wal_size: '4GB',
};

/** What making the partitions left behind. */
const EMPTY = `TRUNCATE culvert.http_transactions, culvert.http_bodies, culvert.agents, culvert.agent_books,
  culvert.ingest_batches, culvert.http_rollup_deltas, culvert.http_rollups_minute, culvert.http_rollups_hour,
  culvert.http_series`;

export const SMALL_ROWS = 50_000;

/**
 * Starts a Postgres that holds the sets, which are made where this run has not made them yet. They end at the time of
 * their making.
 */
export async function openDataset(bench: Bench, sets: readonly SetName[]): Promise<Dataset> {
  const dataDir = join(bench.workDirectory, 'dataset');
  const mark = (set: SetName): string => join(bench.workDirectory, `dataset-${set}`);
  const missing: SetName[] = [];
  for (const set of sets) if ((await stat(mark(set)).catch(() => undefined)) === undefined) missing.push(set);
  const options = { dataDir, port: 0, logFile: join(bench.workDirectory, DATASET_LOG) };
  if (missing.length > 0) {
    const loading = bench.children.own(await startPostgres({ ...options, settings: LOADING }));
    await load(bench, loading, missing);
    await bench.children.stop(loading);
    for (const set of missing) await mkdir(mark(set));
  }
  const postgres = bench.children.own(await startPostgres(options));
  return { postgres, url: (set) => databaseUrl(postgres.url, set) };
}

async function load(bench: Bench, postgres: PostgresServer, sets: readonly SetName[]): Promise<void> {
  const now = Date.now();
  const running = Math.floor(now / HOUR_MS) * HOUR_MS;
  const hours = Array.from({ length: HOURS }, (_, index) => running - (HOURS - 1 - index) * HOUR_MS);
  for (const set of sets) {
    const url = databaseUrl(postgres.url, set);
    const template = set === 'bodies' ? 'small' : 'template1';
    await run(postgres.url, `CREATE DATABASE ${set} TEMPLATE ${template}`);
    if (set === 'bodies') {
      await run(url, INSERT_BODIES, 'VACUUM (ANALYZE) culvert.http_bodies');
      continue;
    }
    const rows = set === 'small' ? SMALL_ROWS : bench.config.rows;
    const begin = performance.now();
    const tell = (what: string): void => {
      bench.progress(`data set of ${fixed(rows)}: ${what}, ${fixed((performance.now() - begin) / 1000)} s`);
    };
    await makeHours(bench, url, hours);
    await run(url, EMPTY);
    tell('partitions made');
    await fill(url, hours, now, rows);
    tell('exchanges there');
    if (set === 'small') await run(url, CLAIM_BODIES);
    await fillRollups(url, hours, now);
    tell('rollups there');
    await tidy(url, hours);
    tell('analysed');
    await finishHours(bench, url, HOURS - 1);
    tell('indexes of past hours there');
  }
}

function run(url: string, ...statements: readonly string[]): Promise<void> {
  return withClient(url, async (client) => {
    for (const statement of statements) await client.query(statement);
  });
}
