import { setTimeout as delay } from 'node:timers/promises';
import { createBackoff } from '@culvert/runtime/backoff';
import type { Logger } from '@culvert/runtime/log';
import { reasonOf } from './reason.ts';

/** Tables being brought up to date, for as long as it takes Postgres to be there. */
export interface StorePreparation {
  /** Resolves when the tables are up to date; never rejects. */
  readonly done: Promise<void>;
  /** A sentence that says what is missing; undefined once all is done. */
  problem(): string | undefined;
  /** Gives up; `done` then stays open. */
  stop(): void;
}

/**
 * Runs the migrations until they succeed, at once and then after half a second doubling to five.
 *
 * @param migrate fails while Postgres is away
 */
export function prepareStore(migrate: () => Promise<void>, log: Logger): StorePreparation {
  const stopped = new AbortController();
  let problem: string | undefined = 'the tables are not prepared yet';
  let lastReason: string | undefined;
  const backoff = createBackoff({ firstMs: 500, maxMs: 5_000 });

  const run = async (): Promise<void> => {
    for (;;) {
      try {
        await migrate();
        problem = undefined;
        return;
      } catch (error) {
        const reason = reasonOf(error);
        // Said once for each reason, not at every attempt.
        if (reason !== lastReason) log.warn({ reason, err: error }, 'the tables can not be prepared yet');
        lastReason = reason;
        problem = `the tables can not be prepared: ${reason}`;
      }
      await delay(backoff.next(), undefined, { signal: stopped.signal });
    }
  };
  const done = run().catch(() => new Promise<void>(() => undefined));
  return {
    done,
    problem: () => problem,
    stop: () => {
      stopped.abort();
    },
  };
}
