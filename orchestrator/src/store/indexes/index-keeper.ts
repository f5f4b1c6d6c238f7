import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { Registry } from 'prom-client';
import type { Clock } from '@culvert/runtime/clock';
import type { Logger } from '@culvert/runtime/log';
import { isFaultOfProgram } from '../../fault.ts';
import { reasonOf } from '../../reason.ts';
import { buildMissingIndexes } from './build.ts';
import { createIndexMetrics } from './metrics.ts';

/** Makes indexes as long as the process runs. */
export interface IndexKeeper {
  /** What keeps indexes from being made, or undefined. */
  fault(): string | undefined;
  /** Gives up what is being made and ends the periodic work. */
  stop(): Promise<void>;
}

/** What {@link startIndexKeeper} needs. */
export interface IndexKeeperOptions {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly log: Logger;
  readonly registry: Registry;
}

const PERIOD_MS = 30_000;
const LOCK_TIMEOUT_MS = 2_000;

/**
 * Starts to make the indexes that partitions of exchanges lack, at once and then periodically. Any number of processes
 * may do so; one at a time works.
 */
export function startIndexKeeper(options: IndexKeeperOptions): IndexKeeper {
  const { pool, clock, log } = options;
  const counter = createIndexMetrics(options.registry);
  const stopping = new AbortController();
  let told: string | undefined;
  let fault: string | undefined;

  /** Says once what is wrong, and once that it no longer is. */
  function tell(problem: string | undefined): void {
    if (problem !== undefined && problem !== told)
      log.warn({ problem }, 'filters are slower than they could be');
    if (problem === undefined && told !== undefined) log.info('all indexes behind filters are there again');
    told = problem;
  }

  async function pass(): Promise<void> {
    const done = await buildMissingIndexes({
      pool,
      now: clock.now(),
      lockTimeoutMs: LOCK_TIMEOUT_MS,
      signal: stopping.signal,
    });
    if (done === undefined) return;
    counter.inc(done.built.length);
    for (const partition of new Set(done.built.map((index) => index.partition)))
      log.debug({ partition }, 'indexes built');
    tell(
      done.trigrams
        ? undefined
        : 'the Postgres extension pg_trgm is not installed, so parts of URLs are looked for without an index',
    );
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await pass();
        fault = undefined;
      } catch (error) {
        if (!stopping.signal.aborted) {
          log[isFaultOfProgram(error) ? 'error' : 'debug']({ err: error }, 'indexes could not be made');
          fault = `indexes can not be made: ${reasonOf(error)}`;
          tell(fault);
        }
      }
      await delay(PERIOD_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const running = run();
  return {
    fault: () => fault,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
