import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { Logger } from '@culvert/runtime/log';

/**
 * The advisory locks of the store. Any numbers, as long as they differ and are the same in every release.
 */
export const LOCKS = {
  /** Brings the tables up to date; held by a session. */
  migrations: 0x63756c76,
  /** Makes partitions, and decides what is kept; held by a transaction. */
  partitions: 0x63756c70,
  /** Drops old partitions; held by a session. */
  retention: 0x63756c64,
  /** Makes indexes; held by a session. */
  indexes: 0x63756c78,
  /** Adds counts up; held by a session for as long as its process leads. */
  rollups: 0x63756c72,
} as const;

export type Lock = keyof typeof LOCKS;

/** Takes a lock for the session, if nobody has it. */
export async function trySessionLock(client: pg.ClientBase, lock: Lock): Promise<boolean> {
  return tryLock(client, 'pg_try_advisory_lock', lock);
}

/** Another session has a lock for longer than this one waits; the message is a sentence that names it. */
export class LockHeldError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'LockHeldError';
  }
}

/** How {@link waitForLock} waits. Times are in milliseconds. */
export interface LockWait {
  /** Until when the lock is held. */
  readonly until: 'end of session' | 'end of transaction';
  /** How long it waits. */
  readonly limitMs: number;
  /** Where it says that it waits, and for whom. */
  readonly log?: Logger | undefined;
}

const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 250;
/** Nearly always the lock comes sooner, and there is nothing to tell. */
const TOLD_AFTER_MS = 1_000;

/**
 * Takes a lock, and waits for it if somebody has it: never for ever, because a session that hangs with a lock would hold
 * up everybody else without a word.
 *
 * @throws LockHeldError when the time is up; whoever tries again says so as with any other failure
 */
export async function waitForLock(
  client: pg.ClientBase,
  lock: Lock,
  { until, limitMs, log }: LockWait,
): Promise<void> {
  const call = until === 'end of session' ? 'pg_try_advisory_lock' : 'pg_try_advisory_xact_lock';
  const started = performance.now();
  let pause = FIRST_PAUSE_MS;
  let told = false;
  while (!(await tryLock(client, call, lock))) {
    const waited = performance.now() - started;
    if (waited >= limitMs)
      throw new LockHeldError(`${await holderOf(client, lock)} has the lock of ${lock} and does not let go`);
    if (!told && waited >= TOLD_AFTER_MS) {
      told = true;
      log?.info({ lock, holder: await holderOf(client, lock) }, 'waits for a lock');
    }
    await delay(Math.min(pause, limitMs - waited));
    pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
  }
  if (told) log?.info({ lock, waitedMs: Math.round(performance.now() - started) }, 'has the lock');
}

async function tryLock(client: pg.ClientBase, call: string, lock: Lock): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(`SELECT ${call}($1) AS locked`, [LOCKS[lock]]);
  return rows[0]?.locked === true;
}

const HOLDER = `SELECT pid, application_name, coalesce(host(client_addr), 'this machine') AS address
  FROM pg_locks JOIN pg_stat_activity USING (pid)
  WHERE locktype = 'advisory' AND classid = 0 AND objid = $1 AND granted
    AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

/** Who has a lock, in words by which people find the session. */
async function holderOf(client: pg.ClientBase, lock: Lock): Promise<string> {
  const { rows } = await client.query<{ pid: number; application_name: string | null; address: string }>(
    HOLDER,
    [LOCKS[lock]],
  );
  const holder = rows[0];
  return holder === undefined
    ? 'a session that has gone meanwhile'
    : `session ${holder.pid} of Postgres (${holder.application_name ?? 'unknown'} at ${holder.address})`;
}
