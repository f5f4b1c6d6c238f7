import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { Registry } from 'prom-client';
import { createBackoff } from '@culvert/runtime/backoff';
import type { Clock } from '@culvert/runtime/clock';
import type { Logger } from '@culvert/runtime/log';
import { reasonOf } from '../reason.ts';
import { earlierTime } from './earlier-time.ts';
import { createPartitions, dropOldBatchKeys } from './partition-ddl.ts';
import { createPartitionMetrics } from './partition-metrics.ts';
import {
  DAY_MS,
  HOUR_MS,
  dailyPartition,
  hourlyPartitions,
  hourOf,
  type Partition,
} from './partition-names.ts';

/** Makes the partitions of time-partitioned tables. */
export interface Partitions {
  /**
   * Makes sure that the hours that hold these times have partitions, and their days for the keys of batches; except
   * for hours that are no longer kept.
   *
   * @param times Unix times in milliseconds
   */
  ensure(times: Iterable<number>): Promise<void>;
  /** From when on exchanges are kept, in Unix milliseconds, as {@link ensure} found it last. */
  keptSince(): number;
  /** Forgets what is known to exist, after Postgres has said that a partition is missing. */
  forget(): void;
  /** What keeps partitions from being made ahead, or undefined. */
  fault(): string | undefined;
  /** Ends the periodic work. */
  stop(): Promise<void>;
}

/** What {@link startPartitions} needs. */
export interface PartitionsOptions {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly log: Logger;
  readonly registry: Registry;
  /** How late a batch may come; its key is kept for a week longer. In milliseconds. */
  readonly acceptedPastMs: number;
}

const AHEAD_HOURS = 6;
/** Exchanges that began before the hour was full are still coming. */
const BACK_HOURS = 1;
const PERIOD_MS = 10 * 60_000;
const KEPT_DAYS = 7;

/**
 * Starts to make partitions ahead of time, at once and then every ten minutes, and to drop the keys of batches that
 * can't come again.
 */
export function startPartitions(options: PartitionsOptions): Partitions {
  const { pool, clock, log, acceptedPastMs } = options;
  const { made } = createPartitionMetrics(options.registry);
  const stopping = new AbortController();
  const known = new Set<number>();
  let keptSince = 0;
  let failed = false;
  let fault: string | undefined = 'partitions are not made yet';

  async function create(partitions: readonly Partition[]): Promise<void> {
    const created = await createPartitions(pool, partitions);
    keptSince = created.keptSince;
    for (const partition of created.made) {
      made.inc({ table: partition.parent });
      log.debug({ partition: partition.name }, 'partition created');
    }
  }

  async function ensure(times: Iterable<number>): Promise<void> {
    const hours = [...new Set([...times].map(hourOf))]
      .filter((hour) => !known.has(hour))
      .sort((a, b) => a - b);
    if (hours.length === 0) return;
    const days = new Set(hours.map((hour) => Math.floor(hour / DAY_MS)));
    await create([...[...days].map(dailyPartition), ...hours.flatMap(hourlyPartitions)]);
    for (const hour of hours) if (hour >= keptSince) known.add(hour);
  }

  async function keep(): Promise<void> {
    const now = clock.now();
    const today = Math.floor(now / DAY_MS);
    const hours = Array.from(
      { length: BACK_HOURS + 1 + AHEAD_HOURS },
      (_, i) => now + (i - BACK_HOURS) * HOUR_MS,
    );
    await ensure(hours);
    await create(Array.from({ length: 2 }, (_, i) => dailyPartition(today + i)));
    const day = Math.floor((await earlierTime(pool, clock)) / DAY_MS);
    await dropOldBatchKeys(pool, day - KEPT_DAYS - Math.ceil(acceptedPastMs / DAY_MS));
  }

  async function run(): Promise<void> {
    const backoff = createBackoff({ firstMs: 1_000, maxMs: 60_000 });
    while (!stopping.signal.aborted) {
      let pause = PERIOD_MS;
      try {
        await keep();
        if (failed) log.info('partitions are made ahead again');
        failed = false;
        fault = undefined;
        backoff.reset();
      } catch (error) {
        pause = backoff.next();
        if (!failed) log.warn({ err: error }, "can't make partitions ahead, trying again");
        failed = true;
        fault = `can't make partitions ahead: ${reasonOf(error)}`;
      }
      await delay(pause, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const running = run();
  return {
    ensure,
    keptSince: () => keptSince,
    forget() {
      known.clear();
    },
    fault: () => fault,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
