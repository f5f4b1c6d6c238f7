import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type pg from 'pg';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { startNatsServer, type NatsServer } from '@culvert/demo/launcher/nats-server';
import { startPostgres, type PostgresServer } from '@culvert/demo/launcher/postgres';
import { runChecks } from '@culvert/runtime/admin';
import { systemClock, type Clock } from '@culvert/runtime/clock';
import type { Logger } from '@culvert/runtime/log';
import { migrate } from '../../store/migrate.ts';
import { createPool } from '../../store/pool.ts';
import { startIngest, type Ingest } from '../ingest.ts';
import { DEFAULT_INGEST_LIMITS, type IngestLimits } from '../limits.ts';

/** A real Postgres with tables, a real nats-server and as many ingests between them as a test starts. */
export interface Rig {
  readonly postgres: PostgresServer;
  readonly natsServer: NatsServer;
  readonly nats: NatsConnection;
  readonly pool: pg.Pool;
  readonly registry: Registry;
  /** Starts an ingest on connections of its own and waits until it is ready. */
  ingest(limits?: Partial<IngestLimits>, given?: IngestSurroundings): Promise<Ingest>;
  /** Postgres's clock. Retention judges by it too, and keeps what is old by only one of both clocks. */
  storeClock(): Promise<Clock>;
  /** Rows of a query. */
  rows<R extends pg.QueryResultRow = Record<string, unknown>>(sql: string, values?: unknown[]): Promise<R[]>;
  /** The only number that a query returns. */
  count(sql: string): Promise<number>;
  /** Waits until every batch and heartbeat has been acknowledged. */
  drained(): Promise<void>;
  /** Stops all ingests and takes all rows and messages away, and the memory of what retention has dropped. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** What an ingest is told by; this machine's clock and a log that says nothing by default. */
export interface IngestSurroundings {
  readonly log?: Logger;
  readonly clock?: Clock;
}

/** A log that says nothing. */
export const silent = pino({ level: 'silent' });

const DATA = [
  'http_transactions',
  'http_bodies',
  'websocket_frames',
  'system_metrics',
  'agents',
  'agent_books',
  'ingest_batches',
  'dead_letters',
  'http_rollup_deltas',
  'http_rollups_minute',
  'http_rollups_hour',
  'http_rollups_six_hours',
  'http_series',
  'http_path_folds',
];
const WAIT_MS = 30_000;

/** Waits until a condition holds; what it throws counts as no. */
export async function until(what: string, condition: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    const held = await Promise.resolve()
      .then(condition)
      .catch(() => false);
    if (held) return;
    if (Date.now() > deadline) throw new Error(`waited too long until ${what}`);
    await delay(10);
  }
}

/** Starts both servers; a test file needs one rig. */
export async function startRig(): Promise<Rig> {
  const directory = await mkdtemp(join(tmpdir(), 'culvert-ingest-'));
  const postgres = await startPostgres({ dataDir: join(directory, 'postgres'), port: 0, durable: false });
  const natsServer = await startNatsServer({ storeDir: join(directory, 'nats'), port: 0 });
  await migrate(postgres.url, silent);
  const pool = createPool(postgres.url, { applicationName: 'test', log: silent });
  const nats = await connect({ servers: natsServer.url, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
  let running: { readonly ingest: Ingest; close(): Promise<void> }[] = [];

  const rig: Rig = {
    postgres,
    natsServer,
    nats,
    pool,
    registry: new Registry(),
    async ingest(limits = {}, { log = silent, clock = systemClock } = {}) {
      const registry = running.length === 0 ? rig.registry : new Registry();
      registry.clear();
      const own = createPool(postgres.url, { applicationName: 'ingest', log: silent });
      const connection = await connect({
        servers: natsServer.url,
        maxReconnectAttempts: -1,
        reconnectTimeWait: 50,
      });
      const ingest = await startIngest({
        pool: own,
        nats: connection,
        clock,
        log,
        registry,
        limits: { ...DEFAULT_INGEST_LIMITS, ...limits },
      });
      running.push({
        ingest,
        async close() {
          await ingest.stop();
          await connection.close();
          await own.end();
        },
      });
      await until('ingest is ready', async () => (await runChecks(ingest.checks)).status === 'ok');
      return ingest;
    },
    async storeClock() {
      const { rows } = await pool.query<{ now: Date }>('SELECT clock_timestamp() AS now');
      const aheadMs = (rows[0]?.now.getTime() ?? NaN) - systemClock.now();
      return { now: () => systemClock.now() + aheadMs };
    },
    rows: async (sql, values) => (await pool.query(sql, values)).rows as never,
    count: async (sql) =>
      Number(Object.values((await pool.query<Record<string, unknown>>(sql)).rows[0] ?? {})[0]),
    async drained() {
      const manager = await jetstreamManager(nats);
      await until('all is acknowledged', async () => {
        const traffic = await manager.streams.info('CULVERT_TRAFFIC');
        const metrics = await manager.consumers.info('CULVERT_METRICS', 'ingest-metrics');
        return traffic.state.messages + metrics.num_pending + metrics.num_ack_pending === 0;
      });
    },
    async clear() {
      await Promise.all(running.map((each) => each.close()));
      running = [];
      const manager = await jetstreamManager(nats);
      for (const name of await manager.streams.names().next()) await manager.streams.delete(name);
      await pool.query(`TRUNCATE ${DATA.map((table) => `culvert.${table}`).join(', ')}`);
      await pool.query(`UPDATE culvert.retention SET kept_since = 'epoch'`);
    },
    async close() {
      await rig.clear();
      await nats.close();
      await pool.end();
      await natsServer.stop();
      await postgres.stop();
      await rm(directory, { recursive: true });
    },
  };
  return rig;
}
