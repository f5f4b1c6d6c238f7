import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import pg from 'pg';
import { startPostgres, type PostgresServer } from '@culvert/demo/launcher/postgres';
import { lowestRequestId } from '@culvert/traffic/request-id';
import { migrate } from '../store/migrate.ts';
import { HOUR_MS } from '../store/partition-names.ts';

/** A Postgres of one test file, with tables and without rows. */
export interface TestStore {
  readonly server: PostgresServer;
  readonly pool: pg.Pool;
  /** Writes rows given by their columns. */
  insert(table: string, rows: readonly Readonly<Record<string, unknown>>[]): Promise<void>;
  /** Takes all rows out. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** The hour from which on {@link startTestStore} makes three hours of partitions. */
export const FIRST_HOUR = Date.UTC(2026, 0, 31, 10);
const PARTITIONED = ['http_transactions', 'http_bodies'];

/** A log that says nothing. */
export const silent = pino({ level: 'silent' });

/** Starts a Postgres with tables and with partitions for three hours. */
export async function startTestStore(): Promise<TestStore> {
  const directory = await mkdtemp(join(tmpdir(), 'culvert-store-'));
  const server = await startPostgres({ dataDir: join(directory, 'postgres'), port: 0, durable: false });
  await migrate(server.url, silent);
  const pool = new pg.Pool({ connectionString: server.url });
  // Ends with the server at the latest; what it says then is of no interest.
  pool.on('error', () => undefined);
  for (const table of PARTITIONED)
    for (const hour of [0, 1, 2]) {
      const from = lowestRequestId(FIRST_HOUR + hour * HOUR_MS);
      const to = lowestRequestId(FIRST_HOUR + (hour + 1) * HOUR_MS);
      await pool.query(
        `CREATE TABLE culvert.${table}_test_${hour} PARTITION OF culvert.${table} FOR VALUES FROM ('${from}') TO ('${to}')`,
      );
    }
  return {
    server,
    pool,
    insert: async (table, rows) => {
      for (const row of rows) {
        const columns = Object.keys(row);
        const places = columns.map((_, index) => `$${index + 1}`).join(', ');
        await pool.query(
          `INSERT INTO culvert.${table} (${columns.join(', ')}) VALUES (${places})`,
          Object.values(row),
        );
      }
    },
    clear: async () => {
      await pool.query(
        'TRUNCATE culvert.http_transactions, culvert.http_bodies, culvert.agents, culvert.agent_books',
      );
    },
    close: async () => {
      await pool.end();
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
