import { withClient } from './client.ts';
import { CREATE_ROUTES, DROP_ROUTES, INSERT_AGENTS, INSERT_EXCHANGES, INSERT_ROUTES } from './fill-sql.ts';
import { HOUR_MS } from './hours.ts';
import { makeRoutes, thresholds } from './spread.ts';

/** Connections that fill at once: one for each core. */
const WRITERS = 2;

/** A stretch of time with its number of exchanges. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
}

/**
 * Fills the hourly partitions of a database evenly with exchanges, up to now.
 *
 * @param hours the beginnings of the hours; the last one is the running one
 * @param now Unix milliseconds
 */
export async function fill(url: string, hours: readonly number[], now: number, rows: number): Promise<void> {
  const routes = makeRoutes();
  await withClient(url, async (client) => {
    await client.query(CREATE_ROUTES);
    await client.query(INSERT_ROUTES, [JSON.stringify(routes)]);
    await client.query('ANALYZE bench.routes');
    await client.query(INSERT_AGENTS);
  });
  const left = stretches(hours, now, rows).values();
  await Promise.all(
    Array.from({ length: WRITERS }, () =>
      withClient(url, async (client) => {
        await client.query(`SET work_mem = '128MB'`);
        for (const stretch of left)
          await client.query(INSERT_EXCHANGES, [stretch.rows, stretch.from, stretch.to, thresholds(routes)]);
      }),
    ),
  );
}

/** Removes what only filling needed. */
export function dropHelpers(url: string): Promise<void> {
  return withClient(url, async (client) => {
    await client.query(DROP_ROUTES);
  });
}

function stretches(hours: readonly number[], now: number, rows: number): Stretch[] {
  const begin = hours[0] ?? now;
  const until = (time: number): number => Math.round(((time - begin) / (now - begin)) * rows);
  return hours.map((from) => {
    const to = Math.min(from + HOUR_MS, now);
    return { from, to, rows: until(to) - until(from) };
  });
}
