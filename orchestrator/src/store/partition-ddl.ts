import type pg from 'pg';
import { waitForLock } from './locks.ts';
import { BATCHES, DAY_MS, type Partition } from './partition-names.ts';
import { inTransaction } from './transaction.ts';

/** Others hold it for moments; whoever waits for longer says why, and tries again. */
const LOCK_WAIT = { until: 'end of transaction', limitMs: 10_000 } as const;
const SCHEMA = 'culvert';

/** What {@link createPartitions} did. */
export interface CreatedPartitions {
  /** Those that this call has made. */
  readonly made: readonly Partition[];
  /** From when on exchanges are kept, in Unix milliseconds: what begins earlier has not been made. */
  readonly keptSince: number;
}

/**
 * Makes partitions that are missing, except for hours that are no longer kept. Any number of processes may ask for the
 * same ones at once.
 *
 * Each is made as a table of its own and attached afterwards: `CREATE TABLE … PARTITION OF` would lock its parent
 * against every reader and writer, `ATTACH PARTITION` only against other changes of its shape.
 */
export async function createPartitions(
  pool: pg.Pool,
  partitions: readonly Partition[],
): Promise<CreatedPartitions> {
  const missing = await withoutAttached(pool, partitions);
  if (missing.length === 0) return { made: [], keptSince: await readKeptSince(pool) };
  return inTransaction(pool, async (client) => {
    await waitForLock(client, 'partitions', LOCK_WAIT);
    const keptSince = await readKeptSince(client);
    // Another process may have made them while this one was waiting for the lock.
    const still = (await withoutAttached(client, missing)).filter(
      (partition) => partition.begins >= keptSince,
    );
    for (const partition of still) await createPartition(client, partition);
    return { made: still, keptSince };
  });
}

/** From when on exchanges are kept, in Unix milliseconds; 0 for as long as nothing was dropped. */
export async function readKeptSince(client: pg.ClientBase | pg.Pool): Promise<number> {
  const { rows } = await client.query<{ kept_since: Date }>(`SELECT kept_since FROM ${SCHEMA}.retention`);
  return rows[0]?.kept_since.getTime() ?? 0;
}

/**
 * Notes from when on exchanges are kept; that never goes back. Once this returns, nobody makes a partition of an
 * earlier hour.
 *
 * @param since Unix time in milliseconds
 */
export async function raiseKeptSince(pool: pg.Pool, since: number): Promise<void> {
  await inTransaction(pool, async (client) => {
    await waitForLock(client, 'partitions', LOCK_WAIT);
    await client.query(
      `INSERT INTO ${SCHEMA}.retention AS known (kept_since) VALUES ($1)
       ON CONFLICT (only_row) DO UPDATE SET kept_since = greatest(known.kept_since, excluded.kept_since)`,
      [new Date(since)],
    );
  });
}

async function createPartition(client: pg.ClientBase, { parent, name, from, to }: Partition): Promise<void> {
  await client.query(`CREATE TABLE IF NOT EXISTS ${SCHEMA}.${name} (LIKE ${SCHEMA}.${parent} INCLUDING ALL)`);
  if (parent === BATCHES) await client.query(moveFromDefault(name, from, to));
  await client.query(
    `ALTER TABLE ${SCHEMA}.${parent} ATTACH PARTITION ${SCHEMA}.${name} FOR VALUES FROM (${from}) TO (${to})`,
  );
}

/** Keys of days that had no partition yet are in the default one, which must not hold what the new one takes. */
function moveFromDefault(name: string, from: string, to: string): string {
  return `WITH moved AS (
      DELETE FROM ${SCHEMA}.${BATCHES}_default WHERE batch_day >= ${from} AND batch_day < ${to} RETURNING *)
    INSERT INTO ${SCHEMA}.${name} SELECT * FROM moved`;
}

async function withoutAttached(
  client: pg.ClientBase | pg.Pool,
  partitions: readonly Partition[],
): Promise<readonly Partition[]> {
  const result = await client.query<{ name: string }>(
    `SELECT name FROM unnest($1::text[]) AS name
     WHERE EXISTS (SELECT FROM pg_inherits WHERE inhrelid = to_regclass('${SCHEMA}.' || name))`,
    [partitions.map((partition) => partition.name)],
  );
  const attached = new Set(result.rows.map((row) => row.name));
  return partitions.filter((partition) => !attached.has(partition.name));
}

/**
 * Drops the keys of batches of days before the given one, counted since 1970.
 */
export async function dropOldBatchKeys(pool: pg.Pool, day: number): Promise<void> {
  const first = new Date(day * DAY_MS);
  const oldest = `${BATCHES}_${first.toISOString().slice(0, 10).replaceAll('-', '')}`;
  const result = await pool.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class JOIN pg_inherits ON inhrelid = pg_class.oid
     WHERE inhparent = '${SCHEMA}.${BATCHES}'::regclass AND relname ~ '_\\d{8}$' AND relname < $1 ORDER BY 1`,
    [oldest],
  );
  for (const { name } of result.rows) {
    await inTransaction(pool, async (client) => {
      // Dropping locks the whole table for a moment: rather next time than keep ingest waiting.
      await client.query(`SET LOCAL lock_timeout = '2s'`);
      await waitForLock(client, 'partitions', LOCK_WAIT);
      await client.query(`DROP TABLE IF EXISTS ${SCHEMA}.${name}`);
    });
  }
  await pool.query(`DELETE FROM ${SCHEMA}.${BATCHES}_default WHERE ingested_at < $1`, [first]);
}
