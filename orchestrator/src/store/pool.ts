import pg from 'pg';
import type { Logger } from '@culvert/runtime/log';
import type { Tracing } from '@culvert/runtime/tracing/tracing';
import { traceQueries } from './traced-queries.ts';

/** What a pool may be told beyond its address. Times are in milliseconds. */
export interface PoolOptions {
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  readonly log: Logger;
  readonly maxConnections?: number;
  /** How many stay open when they are idle: a new one takes 100 ms to learn of some eighty partitions. */
  readonly keptConnections?: number;
  /** The server cancels statements that take longer; 0 for no limit. */
  readonly statementTimeoutMs?: number;
  readonly connectTimeoutMs?: number;
  /** Compiles the expressions of costly plans, which takes longer than the lists and counts of an API do. */
  readonly compile?: boolean;
  readonly tracing?: Tracing;
}

/**
 * Makes a pool of connections to Postgres. The pool connects when it is used, so Postgres need not be there yet.
 *
 * @param url `postgres://user:password@host:port/database`
 */
export function createPool(url: string, options: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: options.applicationName,
    max: options.maxConnections ?? 10,
    min: options.keptConnections ?? 0,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    statement_timeout: options.statementTimeoutMs ?? 30_000,
    idle_in_transaction_session_timeout: 60_000,
    ...(options.compile === false && { options: '-c jit=off' }),
  });
  // An idle connection that breaks is taken out of the pool; without a listener its error would end the process.
  pool.on('error', (error) => {
    options.log.warn({ err: error }, 'an idle connection to Postgres was lost');
  });
  // The pool stops listening when it hands a connection out, and a borrower begins a moment later: an error between
  // the two would end the process. Whoever uses the connection learns of it from the next statement.
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  if (options.tracing !== undefined) traceQueries(pool, options.tracing);
  return pool;
}
