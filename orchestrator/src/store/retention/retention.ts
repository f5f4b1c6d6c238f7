import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { Registry } from 'prom-client';
import type { Clock } from '@culvert/runtime/clock';
import type { Logger } from '@culvert/runtime/log';
import { isFaultOfProgram } from '../../fault.ts';
import { reasonOf } from '../../reason.ts';
import { earlierTime } from '../earlier-time.ts';
import { raiseKeptSince } from '../partition-ddl.ts';
import { hourOf } from '../partition-names.ts';
import { decideKeptSince, type RetentionLimits } from './decide.ts';
import { dropBefore, type Dropped } from './drop.ts';
import { byHour, measurePartitions } from './measure.ts';
import { createRetentionMetrics } from './metrics.ts';
import { deleteOldLetters } from './old-letters.ts';

/** Running retention. */
export interface Retention {
  /** What is kept, as far as it was found out last. */
  report(): RetentionReport;
  /** Ends the periodic work. */
  stop(): Promise<void>;
}

/** What is kept and what keeps it from being less. */
export interface RetentionReport {
  readonly bytes: number;
  readonly maxBytes: number;
  /** The beginning of the oldest hour that can be read; undefined when there is none. */
  readonly oldestHour: Date | undefined;
  /** Hours before this are gone for good. */
  readonly keptSince: Date;
  /** A sentence that says what is wrong; undefined when all is well. */
  readonly problem: string | undefined;
}

/** What {@link startRetention} needs. Times are in milliseconds. */
export interface RetentionOptions {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly log: Logger;
  readonly registry: Registry;
  readonly limits: RetentionLimits & { readonly retentionPeriodMs: number; readonly deadLetterAgeMs: number };
}

/** Nothing is kept waiting for longer than this, nor does a pass wait longer for anybody. */
const LOCK_TIMEOUT_MS = 2_000;

/**
 * Starts to drop the oldest hours that are too old or too much, at once and then periodically, and dead letters that
 * are too old. Any number of processes may do so; one at a time drops.
 */
export function startRetention(options: RetentionOptions): Retention {
  const { pool, clock, log, limits } = options;
  const metrics = createRetentionMetrics(options.registry);
  const stopping = new AbortController();
  let report: RetentionReport = {
    bytes: 0,
    maxBytes: limits.retentionBytes,
    oldestHour: undefined,
    keptSince: new Date(0),
    problem: undefined,
  };
  let logged: string | undefined;

  async function pass(): Promise<void> {
    const measured = await measurePartitions(pool);
    const now = await earlierTime(pool, clock);
    const hours = byHour(measured.partitions);
    const keptSince = decideKeptSince(hours, limits, now, measured.keptSince);
    if (keptSince > measured.keptSince) await raiseKeptSince(pool, keptSince);
    const old = measured.partitions.filter((partition) => partition.hour < keptSince);
    const done = old.length === 0 ? undefined : await dropBefore(pool, keptSince, LOCK_TIMEOUT_MS);
    if (done !== undefined) tell(done);
    const letters = await deleteOldLetters(pool, new Date(now - limits.deadLetterAgeMs));
    if (letters > 0) log.info({ letters }, 'old dead letters deleted');
    metrics.lettersDeleted.inc(letters);

    const kept = hours.filter(({ hour }) => hour >= keptSince);
    const bytes = kept.reduce((sum, hour) => sum + hour.bytes, 0);
    const oldest = kept.length === 0 ? undefined : Math.min(...kept.map(({ hour }) => hour));
    const running = kept.filter(({ hour }) => hour >= hourOf(now)).reduce((sum, hour) => sum + hour.bytes, 0);
    metrics.bytes.set(bytes);
    if (oldest !== undefined) metrics.oldestHour.set(oldest / 1_000);
    metrics.waiting.set(done?.waiting.length ?? 0);
    note({
      bytes,
      maxBytes: limits.retentionBytes,
      oldestHour: oldest === undefined ? undefined : new Date(oldest),
      keptSince: new Date(keptSince),
      problem:
        running > limits.retentionBytes
          ? `the running hour alone takes ${running} bytes of the ${limits.retentionBytes} allowed`
          : done !== undefined && done.waiting.length > 0
            ? `${done.waiting.length} partitions can't be dropped yet, because somebody uses them`
            : undefined,
    });
  }

  function tell({ dropped }: Dropped): void {
    for (const { parent } of dropped) metrics.dropped.inc({ table: parent });
    for (const hour of new Set(dropped.map((partition) => partition.hour))) {
      const own = dropped.filter((partition) => partition.hour === hour);
      const bytes = own.reduce((sum, partition) => sum + partition.bytes, 0);
      log.info({ hour: new Date(hour).toISOString(), partitions: own.length, bytes }, 'an hour was dropped');
    }
  }

  /** Says once what is wrong, and once that it no longer is. */
  function note(found: RetentionReport): void {
    report = found;
    const kind = found.problem?.replaceAll(/\d+/g, '');
    if (found.problem !== undefined && kind !== logged)
      log.warn({ problem: found.problem }, 'retention is behind');
    else if (found.problem === undefined && logged !== undefined) log.info('retention is no longer behind');
    logged = kind;
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await pass();
      } catch (error) {
        metrics.failures.inc();
        if (isFaultOfProgram(error)) log.error({ err: error }, 'a fault of this program in retention');
        const problem = `can't look after retention: ${reasonOf(error)}`;
        note({ ...report, problem });
      }
      await delay(limits.retentionPeriodMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const running = run();
  return {
    report: () => report,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
