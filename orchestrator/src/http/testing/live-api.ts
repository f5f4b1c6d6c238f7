import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import pg from 'pg';
import { Registry } from 'prom-client';
import { startNatsServer } from '@culvert/demo/launcher/nats-server';
import { SystemMetricsEvent } from '@culvert/proto';
import { DEFAULT_INGEST_LIMITS } from '../../ingest/limits.ts';
import { publishHeartbeat } from '../../ingest/testing/publish.ts';
import { silent } from '../../ingest/testing/rig.ts';
import { DEFAULT_LIVE_LIMITS } from '../../live/live-limits.ts';
import { createLiveMetrics } from '../../live/live-metrics.ts';
import { createSystemMetricsFeed } from '../../live/system-metrics-feed.ts';
import { createTestGraphql } from '../../testing/graphql.ts';
import { startApiServer, type ApiServer, type ApiServerOptions } from '../server.ts';
import { createTokenCheck } from '../token.ts';

/** API servers that hear a real nats-server; Postgres is away. */
export interface LiveApi {
  readonly replicas: readonly Replica[];
  /** Publishes a measurement as an agent does. */
  readonly measured: (agentId: string, memoryUsedBytes: number) => Promise<void>;
}

export interface Replica {
  readonly server: ApiServer;
  /** `127.0.0.1:port` */
  readonly address: string;
  /** The value of a metric with its labels, as `name{label="value"}`. */
  readonly metric: (name: string) => Promise<number>;
}

export interface LiveApiOptions {
  readonly replicas?: number;
  readonly token?: string;
  readonly server?: Partial<ApiServerOptions>;
}

/** Starts them until the test ends. */
export async function startLiveApi(t: TestContext, options: LiveApiOptions = {}): Promise<LiveApi> {
  const directory = await mkdtemp(join(tmpdir(), 'culvert-http-'));
  t.after(() => rm(directory, { recursive: true }));
  const nats = await startNatsServer({ storeDir: directory, port: 0 });
  t.after(() => nats.stop());
  const agents = await connect({ servers: nats.url });
  t.after(() => agents.close());
  await (await jetstreamManager(agents)).streams.add({ name: 'METRICS', subjects: ['culvert.metrics.>'] });
  const replicas: Replica[] = [];
  for (let n = 0; n < (options.replicas ?? 1); n++) replicas.push(await startReplica(t, nats.url, options));
  return {
    replicas,
    measured: (agentId, memoryUsedBytes) =>
      publishHeartbeat(agents, {
        agentId,
        unixMs: Date.now(),
        system: SystemMetricsEvent.create({ memoryUsedBytes }),
      }),
  };
}

async function startReplica(t: TestContext, natsUrl: string, options: LiveApiOptions): Promise<Replica> {
  const connection = await connect({ servers: natsUrl });
  const pool = new pg.Pool({ host: '127.0.0.1', port: 1 });
  const registry = new Registry();
  const systemMetrics = createSystemMetricsFeed({
    connected: Promise.resolve(connection),
    now: Date.now,
    accepted: DEFAULT_INGEST_LIMITS,
    limits: DEFAULT_LIVE_LIMITS,
    metrics: createLiveMetrics(registry),
    log: silent,
  });
  const server = await startApiServer({
    host: '127.0.0.1',
    port: 0,
    guard: {
      allowedHosts: [],
      checkToken: options.token === undefined ? undefined : createTokenCheck(options.token),
    },
    graphql: createTestGraphql(pool, { systemMetrics }).graphql,
    health: () => Promise.reject(new Error('not asked')),
    maxRequestBytes: 10_000,
    requestTimeoutMs: 30_000,
    log: silent,
    registry,
    ...options.server,
  });
  t.after(async () => {
    const stopped = server.stopAccepting();
    systemMetrics.stop();
    server.terminate();
    await stopped;
    await pool.end();
    await connection.close();
  });
  return {
    server,
    address: `127.0.0.1:${server.port}`,
    metric: async (name) => {
      const lines = (await registry.metrics()).split('\n');
      return Number(lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1) ?? Number.NaN);
    },
  };
}
