import type pg from 'pg';
import type { Clock } from '@culvert/runtime/clock';

/**
 * The time by this machine's clock or by Postgres's, whichever is earlier, in Unix milliseconds: one that runs ahead
 * must not make everything look old, because what has been dropped for its age is gone.
 */
export async function earlierTime(client: pg.ClientBase | pg.Pool, clock: Clock): Promise<number> {
  const { rows } = await client.query<{ now: Date }>('SELECT clock_timestamp() AS now');
  return Math.min(clock.now(), rows[0]?.now.getTime() ?? Infinity);
}
