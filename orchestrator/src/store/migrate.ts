import { Kysely, PostgresDialect } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import type pg from 'pg';
import type { Logger } from '@culvert/runtime/log';
import * as tables from './migrations/0001-tables.ts';
import * as systemMetricsTime from './migrations/0002-system-metrics-time.ts';
import * as filters from './migrations/0003-filters.ts';
import * as rollups from './migrations/0004-rollups.ts';
import * as retention from './migrations/0005-retention.ts';
import * as messageEnds from './migrations/0006-message-ends.ts';
import * as requestTarget from './migrations/0007-request-target.ts';
import { waitForLock } from './locks.ts';
import { createPool } from './pool.ts';

/**
 * Every migration, in order. Imported one by one, because the process ships as one bundled file and has no folder
 * to read.
 *
 * Replicas of two releases run side by side during an upgrade, so a change that the older one can't live with takes
 * two releases: the first expands (adds tables, nullable columns, indexes), the next one contracts (drops what
 * nobody uses any more).
 */
const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-tables': tables,
  '0002-system-metrics-time': systemMetricsTime,
  '0003-filters': filters,
  '0004-rollups': rollups,
  '0005-retention': retention,
  '0006-message-ends': messageEnds,
  '0007-request-target': requestTarget,
};

const SCHEMA = 'culvert';
const TABLE = 'migrations';
/** Whoever is at it takes some seconds; one that hangs is to be told of. */
const LOCK_LIMIT_MS = 10_000;

/**
 * Brings the schema `culvert` up to date. Any number of replicas may call this at once: one works, the others wait
 * for it for a while.
 *
 * @param target a pool, or the address of a database
 * @throws when Postgres can't be reached, refuses a migration, or somebody else is at it for too long; then nothing has
 *   changed
 */
export async function migrate(target: pg.Pool | string, log: Logger): Promise<void> {
  const pool =
    typeof target === 'string'
      ? createPool(target, { applicationName: 'culvert-migrate', log, maxConnections: 1 })
      : target;
  try {
    const client = await pool.connect();
    try {
      await client.query('SET statement_timeout = 0');
      await waitForLock(client, 'migrations', { until: 'end of session', limitMs: LOCK_LIMIT_MS, log });
      // What waits for a lock holds up all who come after it: rather give up and be tried again.
      await client.query(`SET lock_timeout = '3s'`);
      await migrateLocked(client, log);
    } finally {
      // Ends the session, and with it the lock and the setting, whatever state the connection is in.
      client.release(true);
    }
  } finally {
    if (typeof target === 'string') await pool.end();
  }
}

async function migrateLocked(client: pg.PoolClient, log: Logger): Promise<void> {
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`);
  const known = await knownNames(client);
  const migrator = new Migrator({
    db: new Kysely<unknown>({ dialect: new PostgresDialect({ pool: poolOf(client) }) }),
    provider: {
      getMigrations: () => Promise.resolve({ ...foreignMigrations(known), ...MIGRATIONS }),
    },
    migrationTableSchema: SCHEMA,
    migrationTableName: TABLE,
    migrationLockTableName: `${TABLE}_lock`,
    allowUnorderedMigrations: true,
  });
  const { error, results } = await migrator.migrateToLatest();
  for (const result of results ?? [])
    log.info({ migration: result.migrationName, status: result.status }, 'migration');
  if (error !== undefined) throw error instanceof Error ? error : new Error(JSON.stringify(error));
}

/** A newer release may have been here: what it did counts as done, instead of keeping this one from starting. */
function foreignMigrations(names: readonly string[]): Record<string, Migration> {
  return Object.fromEntries(names.map((name) => [name, { up: () => Promise.resolve() }]));
}

async function knownNames(client: pg.PoolClient): Promise<string[]> {
  const table = await client.query<{ found: boolean }>('SELECT to_regclass($1) IS NOT NULL AS found', [
    `${SCHEMA}.${TABLE}`,
  ]);
  if (table.rows[0]?.found !== true) return [];
  const rows = await client.query<{ name: string }>(`SELECT name FROM ${SCHEMA}.${TABLE}`);
  return rows.rows.map((row) => row.name);
}

/** All of a migration runs on the connection that holds the lock. */
function poolOf(client: pg.PoolClient): ConstructorParameters<typeof PostgresDialect>[0]['pool'] & object {
  const same = { query: client.query.bind(client), release: () => undefined };
  return {
    connect: () => Promise.resolve(same),
    end: () => Promise.resolve(),
  } as unknown as ConstructorParameters<typeof PostgresDialect>[0]['pool'] & object;
}
