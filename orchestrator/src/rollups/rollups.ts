import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { Registry } from 'prom-client';
import { createBackoff } from '@culvert/runtime/backoff';
import type { Clock } from '@culvert/runtime/clock';
import type { Logger } from '@culvert/runtime/log';
import { earlierTime } from '../store/earlier-time.ts';
import { LOCKS, trySessionLock } from '../store/locks.ts';
import { createWorkState } from '../ingest/pull/state.ts';
import { loadCatalog, type Catalog } from './catalog.ts';
import { compact, MOST_DELTAS } from './compact.ts';
import { expireRollups } from './expire.ts';
import { createFoldReader } from './fold-rows.ts';
import type { RollupLimits } from './limits.ts';
import { createRollupMetrics } from './metrics.ts';
import { MOST_WORKLOADS, OTHERS } from './owners.ts';
import { createPathFolds, type PathFolds } from './path-folds.ts';

/** Keeps the rollups. */
export interface Rollups {
  /** What has been learned about paths, by whichever process; kept up to date. */
  readonly folds: PathFolds;
  /** What keeps counts from being moved, or undefined. */
  fault(): string | undefined;
  /** Ends when what is being moved has been moved. */
  stop(): Promise<void>;
}

/** What {@link startRollups} needs. Of the pool it keeps one connection. */
export interface RollupsOptions {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly log: Logger;
  readonly registry: Registry;
  readonly limits: RollupLimits;
}

/** The session that compacts holds a lock; it ends with the session, whatever becomes of this process. */
interface Leadership {
  readonly client: pg.PoolClient;
  catalog: Catalog;
  /** Rows that are dead since the table of deltas was cleaned. */
  deadRows: number;
  /** Unix time in milliseconds; when old rollups were dropped. */
  expiredAt: number;
}

/** The advisory lock of whoever compacts. */
export const COMPACTOR_LOCK = LOCKS.rollups;
const PERIOD_MS = 1_000;
const LONGEST_PERIOD_MS = 10_000;
/** Compaction takes one part of so many of the time: where there is much to do, it does more at once. */
const TIME_SHARE = 10;
const EXPIRE_PERIOD_MS = 10 * 60_000;
const MOST_DEAD_ROWS = 5_000;
const MOST_TOLD = 1_000;

/**
 * Starts to move what ingest has counted to minutes and hours, about each second, in one process at a time; the others
 * stand by. Postgres may be away at any time.
 */
export function startRollups(options: RollupsOptions): Rollups {
  const { pool, clock, log, limits } = options;
  const metrics = createRollupMetrics(options.registry);
  const state = createWorkState('rollups', 'compact rollups', log);
  const folds = createPathFolds();
  const reader = createFoldReader(folds);
  const stopping = new AbortController();
  let leadership: Leadership | undefined;
  const told = new Set<string>();

  /** @returns after how long to come again, in milliseconds */
  async function work(): Promise<number> {
    const started = performance.now();
    await reader.read(pool);
    leadership ??= await lead(pool);
    metrics.leading.set(leadership === undefined ? 0 : 1);
    if (leadership === undefined) return PERIOD_MS;
    const end = metrics.duration.startTimer();
    const {
      deltas,
      folds: learned,
      catalog,
      ...crowds
    } = await compact(
      leadership.client,
      leadership.catalog,
      limits,
      await earlierTime(leadership.client, clock),
    );
    end();
    leadership.catalog = catalog;
    leadership.deadRows += deltas;
    metrics.compactions.inc();
    metrics.deltas.inc(deltas);
    metrics.folds.inc(learned);
    metrics.series.set(catalog.size());
    metrics.crowdingDeltas.inc(crowds.crowdingDeltas);
    for (const namespace of crowds.crowded) tellCrowded(namespace);
    await tidy(leadership);
    if (deltas >= MOST_DELTAS) return 0;
    return Math.min(LONGEST_PERIOD_MS, Math.max(PERIOD_MS, (performance.now() - started) * TIME_SHARE));
  }

  /** Once for each namespace: it goes on until its series expire. */
  function tellCrowded(namespace: string): void {
    if (told.size >= MOST_TOLD || told.has(namespace)) return;
    told.add(namespace);
    log.warn(
      { namespace },
      `more than ${MOST_WORKLOADS} workloads are counted in this namespace; those beyond are counted as ${OTHERS}: see what its agents give as CULVERT_WORKLOAD`,
    );
  }

  async function tidy(leader: Leadership): Promise<void> {
    if (leader.deadRows > MOST_DEAD_ROWS) {
      // Queries read the whole table: dead rows would make them slow long before Postgres cleans up by itself.
      await leader.client.query('VACUUM (TRUNCATE false) culvert.http_rollup_deltas');
      leader.deadRows = 0;
    }
    if (clock.now() - leader.expiredAt < EXPIRE_PERIOD_MS) return;
    leader.expiredAt = clock.now();
    if ((await expireRollups(leader.client, limits, await earlierTime(leader.client, clock))) > 0)
      leader.catalog = await loadCatalog(leader.client);
  }

  function resign(): void {
    // Ending the session frees the lock.
    leadership?.client.release(true);
    leadership = undefined;
    metrics.leading.set(0);
  }

  async function run(): Promise<void> {
    const backoff = createBackoff({ firstMs: 500, maxMs: 5_000 });
    while (!stopping.signal.aborted) {
      let waitMs: number;
      try {
        waitMs = await work();
        state.ok();
        backoff.reset();
      } catch (error) {
        metrics.failures.inc();
        state.failed(error);
        resign();
        waitMs = backoff.next();
      }
      await delay(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
    resign();
  }

  const running = run();
  return {
    folds,
    fault: () => state.fault(),
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** @returns undefined when another session leads */
async function lead(pool: pg.Pool): Promise<Leadership | undefined> {
  const client = await pool.connect();
  let leads = false;
  try {
    if (!(await trySessionLock(client, 'rollups'))) return undefined;
    const catalog = await loadCatalog(client);
    leads = true;
    return { client, catalog, deadRows: Infinity, expiredAt: -Infinity };
  } finally {
    if (!leads) client.release(true);
  }
}
