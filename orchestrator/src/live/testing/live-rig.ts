import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import pg from 'pg';
import { Registry } from 'prom-client';
import { startNatsServer, type NatsServer } from '@culvert/demo/launcher/nats-server';
import { startApiServer, type ApiServer } from '../../http/server.ts';
import { createTokenCheck } from '../../http/token.ts';
import { DEFAULT_INGEST_LIMITS } from '../../ingest/limits.ts';
import { silent } from '../../ingest/testing/rig.ts';
import { createTestGraphql } from '../../testing/graphql.ts';
import { DEFAULT_LIVE_LIMITS, type LiveLimits } from '../live-limits.ts';
import { createLiveMetrics } from '../live-metrics.ts';
import { createSystemMetricsFeed } from '../system-metrics-feed.ts';
import { createTrafficFeed, type TrafficFeed } from '../traffic-feed.ts';
import { openEventStream, type EventStream } from './event-stream.ts';

/** An API server that hears NATS. Postgres is away: what viewers see, they see before it is stored. */
export interface Replica {
  readonly api: ApiServer;
  readonly traffic: TrafficFeed;
  /** Its own connection. */
  readonly nats: NatsConnection;
  /** Subscribes by server-sent events and waits until NATS knows of it. */
  readonly watch: (query: string, headers?: Readonly<Record<string, string>>) => Promise<EventStream>;
  /** A metric of the feeds, by its name with its labels. */
  readonly metric: (name: string) => Promise<number>;
  /** Ends what is followed. */
  readonly stopFeeds: () => void;
}

/** A real nats-server with agents' streams. */
export interface LiveRig {
  readonly server: NatsServer;
  /** A connection that agents publish by. */
  readonly agents: NatsConnection;
  readonly replica: (options?: ReplicaOptions) => Promise<Replica>;
}

/** What replicas of tests can do without. */
export interface ReplicaOptions {
  readonly token?: string;
  readonly limits?: Partial<LiveLimits>;
  /** The port by which it reaches NATS, if not the server's own. */
  readonly natsPort?: number;
}

/** Starts a nats-server, which ends with the test. */
export async function startLiveRig(t: TestContext): Promise<LiveRig> {
  const directory = await mkdtemp(join(tmpdir(), 'culvert-live-'));
  const server = await startNatsServer({ storeDir: directory, port: 0 });
  const settings = { servers: server.url, maxReconnectAttempts: -1, reconnectTimeWait: 50 };
  const agents = await connect(settings);
  const { streams } = await jetstreamManager(agents);
  await streams.add({ name: 'METRICS', subjects: ['culvert.metrics.>'] });
  await streams.add({ name: 'TRAFFIC', subjects: ['culvert.exchange.>'] });
  const ends: (() => Promise<void>)[] = [];
  t.after(async () => {
    for (const end of ends) await end();
    await agents.close();
    await server.stop();
    await rm(directory, { recursive: true });
  });
  return {
    server,
    agents,
    async replica({ token, limits, natsPort = server.port } = {}) {
      const nats = await connect({ ...settings, servers: `127.0.0.1:${natsPort}` });
      const registry = new Registry();
      const live = {
        connected: Promise.resolve(nats),
        now: Date.now,
        accepted: DEFAULT_INGEST_LIMITS,
        limits: { ...DEFAULT_LIVE_LIMITS, ...limits },
        metrics: createLiveMetrics(registry),
        log: silent,
      };
      const systemMetrics = createSystemMetricsFeed(live);
      const traffic = createTrafficFeed(live);
      const pool = new pg.Pool({ host: '127.0.0.1', port: 1 });
      const api = await startApiServer({
        host: '127.0.0.1',
        port: 0,
        guard: { allowedHosts: [], checkToken: token === undefined ? undefined : createTokenCheck(token) },
        graphql: createTestGraphql(pool, { systemMetrics, traffic }).graphql,
        health: () => Promise.reject(new Error('not asked')),
        maxRequestBytes: 10_000,
        requestTimeoutMs: 30_000,
        log: silent,
        registry: new Registry(),
      });
      const stopFeeds = (): void => {
        systemMetrics.stop();
        traffic.stop();
      };
      ends.push(async () => {
        stopFeeds();
        api.terminate();
        await api.stopAccepting();
        await pool.end();
        await nats.close();
      });
      return {
        api,
        traffic,
        nats,
        stopFeeds,
        async watch(query, headers) {
          const stream = await openEventStream(api.port, query, headers);
          await nats.flush();
          return stream;
        },
        async metric(name) {
          const lines = (await registry.metrics()).split('\n');
          return Number(lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1));
        },
      };
    },
  };
}
