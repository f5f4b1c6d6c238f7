import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { startAdminServer, type AdminServer } from '@culvert/runtime/admin';
import { systemClock } from '@culvert/runtime/clock';
import { shutDown } from '@culvert/runtime/lifecycle';
import type { Logger } from '@culvert/runtime/log';
import { startTracing } from '@culvert/runtime/tracing/start';
import { startApi, type Api } from './api-role.ts';
import { ingestLimits, type Config } from './config.ts';
import { natsDependency, postgresDependency } from './health/dependencies.ts';
import { healthReport, probe, type Dependency } from './health/report.ts';
import { startIngestRole, type IngestRole } from './ingest-role.ts';
import { startIngest } from './ingest/ingest.ts';
import { linkNats } from './nats-link.ts';
import { startPolicies } from './policies/policies.ts';
import { shutdownSteps } from './shutdown.ts';
import { createRolePools } from './role-pools.ts';
import { migrate } from './store/migrate.ts';
import { createPoolMetrics } from './store/pool-metrics.ts';
import { prepareStore } from './store-preparation.ts';

/** A running orchestrator. */
export interface Orchestrator {
  /** Undefined without the api role. */
  readonly apiPort: number | undefined;
  readonly adminPort: number;
  /**
   * Ends everything in order (S5-40…S5-42).
   *
   * @returns whether nothing had to be cut off
   */
  stop(): Promise<boolean>;
}

/**
 * Starts the roles that the configuration names. Serves at once, whether or not Postgres and NATS are there; readiness
 * says what is missing, and work begins when it comes.
 *
 * @throws Error when a port is taken or the token can't be read
 */
export async function startOrchestrator(config: Config, version: string, log: Logger): Promise<Orchestrator> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const tracing = await startTracing(config, { instance: randomUUID(), version, log });

  const pools = createRolePools(config, log, tracing);
  const allPools = Object.values(pools) as pg.Pool[];
  createPoolMetrics(registry, pools);
  const preparation = prepareStore(() => migrate(config.postgresUrl, log), log);
  const link = linkNats(config.natsUrl, log);

  let ingest: IngestRole | undefined;
  const ingestPool = pools.ingest;
  if (ingestPool !== undefined)
    ingest = startIngestRole({
      storePrepared: preparation.done,
      connected: link.connected,
      start: (nats) =>
        startIngest({
          pool: ingestPool,
          nats,
          clock: systemClock,
          log: log.child({ role: 'ingest' }),
          registry,
          limits: ingestLimits(config),
          tracing,
        }),
      log,
    });

  const policies =
    config.configDirectory === ''
      ? undefined
      : startPolicies({
          directory: config.configDirectory,
          link,
          clock: systemClock,
          log: log.child({ role: 'policies' }),
          registry,
        });

  let stopping = false;
  const dependencies: Dependency[] = [
    ...allPools.slice(0, 1).map((pool) => postgresDependency(pool, preparation)),
    natsDependency(link),
    ...(ingest === undefined ? [] : [ingest.dependency]),
    {
      name: 'process',
      probe: () => ({ problem: stopping ? 'the process is shutting down' : undefined }),
    },
  ];

  let api: Api | undefined;
  let admin: AdminServer | undefined;
  const stop = (): Promise<boolean> =>
    shutDown(
      shutdownSteps({
        notify: () => {
          stopping = true;
          preparation.stop();
        },
        api,
        ingest,
        policies,
        link,
        pools: allPools,
        tracing,
        admin,
        requestTimeoutMs: config.shutdownTimeoutMs,
      }),
      log,
    );
  try {
    admin = await startAdminServer({
      host: config.metricsHost,
      port: config.metricsPort,
      registry,
      log,
      readiness: dependencies.map((dependency) => ({
        name: dependency.name,
        run: async () => {
          const report = await probe(dependency);
          return report.status === 'ok' ? undefined : report.message;
        },
      })),
    });
    if (pools.api !== undefined)
      api = await startApi(config, {
        pool: pools.api,
        link,
        clock: systemClock,
        log: log.child({ role: 'api' }),
        registry,
        tracing,
        health: () =>
          healthReport(
            dependencies,
            { version, nodeVersion: process.version, roles: config.roles },
            { policies: policies?.report(), retention: ingest?.retention(), upkeep: ingest?.upkeep() },
          ),
      });
  } catch (error) {
    await stop();
    throw error;
  }
  log.info({ roles: config.roles, apiPort: api?.port, adminPort: admin.port }, 'orchestrator runs');
  return { apiPort: api?.port, adminPort: admin.port, stop };
}
