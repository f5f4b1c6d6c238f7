import type pg from 'pg';
import type { Logger } from '@culvert/runtime/log';
import type { Tracing } from '@culvert/runtime/tracing/tracing';
import type { Config } from './config.ts';
import { createPool } from './store/pool.ts';

/** Connections to Postgres, one pool for each role that the process plays. */
export interface RolePools {
  readonly api?: pg.Pool;
  readonly ingest?: pg.Pool;
}

/** What one list needs. */
const KEPT_CONNECTIONS = 2;
const INGEST_CONNECTIONS = 12;

/** Makes the pools that the roles need, and no others. */
export function createRolePools(config: Config, log: Logger, tracing: Tracing): RolePools {
  return {
    ...(config.roles.includes('api') && {
      api: createPool(config.postgresUrl, {
        applicationName: 'culvert-api',
        log,
        maxConnections: config.postgresConnections,
        keptConnections: Math.min(KEPT_CONNECTIONS, config.postgresConnections),
        statementTimeoutMs: config.sqlTimeoutMs,
        connectTimeoutMs: config.sqlTimeoutMs,
        compile: false,
        tracing,
      }),
    }),
    ...(config.roles.includes('ingest') && {
      ingest: createPool(config.postgresUrl, {
        applicationName: 'culvert-ingest',
        log,
        maxConnections: INGEST_CONNECTIONS,
        tracing,
      }),
    }),
  };
}
