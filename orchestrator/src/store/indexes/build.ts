import pg from 'pg';
import { trySessionLock } from '../locks.ts';
import { readPartitionIndexes, trigramSchema } from './catalog.ts';
import { missingIndexes, obsoleteIndexes, type MissingIndex } from './missing.ts';

/** Somebody uses the table for longer than this pass waits, or it has gone meanwhile. */
const NEXT_TIME = new Set(['55P03', '42P01', '40P01']);

/** What a pass has done. */
export interface IndexPass {
  readonly built: readonly MissingIndex[];
  /** Those that somebody's use of the table kept from being made. */
  readonly waiting: readonly MissingIndex[];
  /** Whether parts of URLs can be looked up. */
  readonly trigrams: boolean;
}

/** What a pass works with. Times are in milliseconds. */
export interface IndexPassOptions {
  readonly pool: pg.Pool;
  readonly now: number;
  /** How long it waits for others; nobody waits for it. */
  readonly lockTimeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Drops the indexes of slices that nobody needs any more and makes those that partitions of exchanges lack, one after
 * the other and while everything goes on: concurrently, so that neither reading nor storing waits.
 *
 * @returns undefined when another process is at it
 */
export async function buildMissingIndexes(options: IndexPassOptions): Promise<IndexPass | undefined> {
  const client = await options.pool.connect();
  const stop = cancelOnAbort(client, options);
  try {
    if (!(await trySessionLock(client, 'indexes'))) return undefined;
    await client.query(`SET lock_timeout = ${options.lockTimeoutMs}`);
    await client.query('SET statement_timeout = 0');
    return await buildAll(client, options);
  } finally {
    stop();
    // Ends the session, and with it the lock and the settings, whatever state the connection is in.
    client.release(true);
  }
}

async function buildAll(client: pg.ClientBase, { now, signal }: IndexPassOptions): Promise<IndexPass> {
  const trigrams = await trigramSchema(client);
  const partitions = await readPartitionIndexes(client);
  const missing = missingIndexes(partitions, now, trigrams);
  const built: MissingIndex[] = [];
  const waiting: MissingIndex[] = [];
  for (const name of obsoleteIndexes(partitions)) {
    if (signal.aborted) break;
    await attempt(client, `DROP INDEX CONCURRENTLY IF EXISTS culvert.${name}`);
  }
  for (const [index, one] of missing.entries()) {
    if (signal.aborted) break;
    // What kept one slice waiting, such as a dump of the database, keeps the others waiting as well.
    const hopeless = one.slice && waiting.some(({ slice }) => slice);
    if (!hopeless && (await build(client, one))) built.push(one);
    else waiting.push(one);
    const last = missing[index + 1]?.partition !== one.partition;
    // What an index is made of has no statistics yet, and nothing would come to make some. Slices do without: they are
    // used for little that is much the same.
    if (last && built.some((other) => other.partition === one.partition && !other.slice))
      await attempt(client, `ANALYZE culvert.${one.partition}`);
  }
  return { built, waiting, trigrams: trigrams !== undefined };
}

/** @returns false when it has to be tried again later */
async function build(
  client: pg.ClientBase,
  { partition, name, using, parent }: MissingIndex,
): Promise<boolean> {
  // What an interrupted attempt has left behind is no use to anybody.
  if (!(await dropInvalid(client, name))) return false;
  const made = await attempt(
    client,
    `CREATE INDEX CONCURRENTLY IF NOT EXISTS ${name} ON culvert.${partition} ${using}`,
  );
  if (!made || parent === undefined) return made;
  return attempt(client, `ALTER INDEX culvert.${parent} ATTACH PARTITION culvert.${name}`);
}

async function dropInvalid(client: pg.ClientBase, name: string): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT FROM pg_index WHERE indexrelid = to_regclass('culvert.' || $1) AND NOT indisvalid`,
    [name],
  );
  return rowCount === 0 || attempt(client, `DROP INDEX CONCURRENTLY culvert.${name}`);
}

async function attempt(client: pg.ClientBase, statement: string): Promise<boolean> {
  try {
    await client.query(statement);
    return true;
  } catch (error) {
    if (error instanceof pg.DatabaseError && NEXT_TIME.has(error.code ?? '')) return false;
    throw error;
  }
}

/** A large index takes long: on shutdown it is given up. Ending the connection alone would let it go on. */
function cancelOnAbort(client: pg.PoolClient, { pool, signal }: IndexPassOptions): () => void {
  const { processID } = client as unknown as { readonly processID: number | null };
  const cancel = (): void => {
    pool.query('SELECT pg_cancel_backend($1)', [processID]).catch(() => undefined);
  };
  signal.addEventListener('abort', cancel, { once: true });
  return () => {
    signal.removeEventListener('abort', cancel);
  };
}
