import pg from 'pg';
import { trySessionLock } from '../locks.ts';
import { HOURLY_TABLES } from '../partition-names.ts';
import { measurePartitions, type HourlyPartition } from './measure.ts';

/** lock_not_available and deadlock_detected, as with somebody who builds an index concurrently. */
const LATER = new Set(['55P03', '40P01']);

/** What a pass has done. */
export interface Dropped {
  readonly dropped: readonly HourlyPartition[];
  /** Partitions that somebody still uses; the next pass goes on with them. */
  readonly waiting: readonly HourlyPartition[];
}

/**
 * Drops the partitions of hours before the given one. Nothing that reads or writes waits for it: a partition is
 * detached concurrently (it disappears for statements that begin later, and those that run finish with it), and where
 * that would have to wait for long it is left to the next pass, half detached if need be.
 *
 * @param keptSince Unix time in milliseconds
 * @returns undefined when another process is at it
 */
export async function dropBefore(
  pool: pg.Pool,
  keptSince: number,
  lockTimeoutMs: number,
): Promise<Dropped | undefined> {
  const client = await pool.connect();
  try {
    if (!(await trySessionLock(client, 'retention'))) return undefined;
    await client.query(`SET lock_timeout = ${lockTimeoutMs}`);
    // Waiting is bounded by the lock timeout; what runs after it should not be broken off.
    await client.query('SET statement_timeout = 0');
    const { partitions } = await measurePartitions(client);
    return await dropAll(
      client,
      partitions.filter((partition) => partition.hour < keptSince),
    );
  } finally {
    // Ends the session, and with it the lock and the settings, whatever state the connection is in.
    client.release(true);
  }
}

async function dropAll(client: pg.ClientBase, partitions: readonly HourlyPartition[]): Promise<Dropped> {
  const dropped: HourlyPartition[] = [];
  const waiting: HourlyPartition[] = [];
  for (const table of HOURLY_TABLES) {
    // A table can detach one partition at a time: those that have begun come first, and one that waits holds up others.
    const own = partitions
      .filter((partition) => partition.parent === table)
      .sort((a, b) => rank(a) - rank(b) || a.hour - b.hour);
    for (const [index, partition] of own.entries()) {
      if (await dropOne(client, partition)) dropped.push(partition);
      else {
        waiting.push(...own.slice(index));
        break;
      }
    }
  }
  return { dropped, waiting };
}

function rank({ state }: HourlyPartition): number {
  return { detached: 0, detaching: 1, attached: 2 }[state];
}

/** @returns false when somebody uses it for longer than the lock timeout */
async function dropOne(client: pg.ClientBase, { name, parent, state }: HourlyPartition): Promise<boolean> {
  try {
    if (state !== 'detached')
      await client.query(
        `ALTER TABLE culvert.${parent} DETACH PARTITION culvert.${name} ${state === 'detaching' ? 'FINALIZE' : 'CONCURRENTLY'}`,
      );
    await client.query(`DROP TABLE culvert.${name}`);
    return true;
  } catch (error) {
    if (error instanceof pg.DatabaseError && LATER.has(error.code ?? '')) return false;
    throw error;
  }
}
