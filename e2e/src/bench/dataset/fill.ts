import type pg from 'pg';
import { lowestRequestId } from '@culvert/traffic/request-id';
import { withClient } from './client.ts';
import { CREATE_ROUTES, DROP_ROUTES, INSERT_AGENTS, INSERT_EXCHANGES, INSERT_ROUTES } from './fill-sql.ts';
import { HOUR_MS } from './hours.ts';
import { CREATE_VARINT, INSERT_SERIES, insertRollups } from './rollups-sql.ts';
import { makeRoutes, thresholds } from './spread.ts';

const DAY_MS = 24 * HOUR_MS;
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
  const shares = thresholds(routes);
  await forEach(url, stretches(hours, now, rows), (client, stretch) =>
    client.query(INSERT_EXCHANGES, [stretch.rows, stretch.from, stretch.to, shares]),
  );
}

/** Counts what {@link fill} has made, in hours and, of the last day, in minutes. Removes what only filling needed. */
export async function fillRollups(url: string, hours: readonly number[], now: number): Promise<void> {
  await withClient(url, async (client) => {
    await client.query(CREATE_VARINT);
    await client.query(INSERT_SERIES);
    await client.query('ANALYZE culvert.http_series');
  });
  await forEach(url, hours, async (client, hour) => {
    const range = [lowestRequestId(hour), lowestRequestId(hour + HOUR_MS)];
    await client.query(insertRollups('hour'), range);
    if (now - hour <= DAY_MS) await client.query(insertRollups('minute'), range);
  });
  await withClient(url, (client) => client.query(DROP_ROUTES));
}

/** Cleans up after loading and lets Postgres look at what is there, so that it does neither while something is measured. */
export async function tidy(url: string, hours: readonly number[]): Promise<void> {
  await forEach(url, hours, (client, hour) => {
    const name = new Date(hour).toISOString().slice(0, 13).replaceAll(/\D/g, '');
    return client.query(`VACUUM (ANALYZE) culvert.http_transactions_${name}`);
  });
  await withClient(url, async (client) => {
    await client.query(
      'VACUUM (ANALYZE) culvert.http_rollups_minute, culvert.http_rollups_hour, culvert.agents',
    );
    await client.query('ANALYZE culvert.http_transactions');
  });
}

/** Works off a list over a few connections. */
async function forEach<T>(
  url: string,
  items: readonly T[],
  work: (client: pg.Client, item: T) => Promise<unknown>,
): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: WRITERS }, () =>
      withClient(url, async (client) => {
        await client.query(`SET work_mem = '128MB'`);
        for (const item of left) await work(client, item);
      }),
    ),
  );
}

function stretches(hours: readonly number[], now: number, rows: number): Stretch[] {
  const begin = hours[0] ?? now;
  const until = (time: number): number => Math.round(((time - begin) / (now - begin)) * rows);
  return hours.map((from) => {
    const to = Math.min(from + HOUR_MS, now);
    return { from, to, rows: until(to) - until(from) };
  });
}
