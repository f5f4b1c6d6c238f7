import { setTimeout as delay } from 'node:timers/promises';
import type { Consumer, JsMsg } from '@nats-io/jetstream';
import { createBackoff, type Backoff } from '@culvert/runtime/backoff';
import { createGatherer, type GatherLimits } from './gather.ts';
import { createMessageSource, type MessageSource } from './source.ts';
import type { WorkState } from './state.ts';

/** What a lane does with the messages of its consumer. */
export interface LaneOptions<S> {
  /** The consumer, which may have to be made first. Throws while NATS is away. */
  readonly open: () => Promise<Consumer>;
  readonly gather: GatherLimits;
  readonly weigh: (message: JsMsg) => { readonly weight: number; readonly bytes: number };
  /** Prepares a set; called once for each. */
  readonly prepare: (messages: readonly JsMsg[]) => S;
  /** Commits a set; called again, after a while, when it throws. */
  readonly commit: (set: S) => Promise<void>;
  /** How often messages that wait for Postgres are kept from being delivered again. */
  readonly extendMs: number;
  readonly pulling: WorkState;
  readonly committing: WorkState;
}

/** A running lane. */
export interface Lane {
  /** Stops pulling, finishes what has arrived. A set that can't be committed is left to be delivered again. */
  stop(): Promise<void>;
}

/** Once the connection is closed for good this throws, and there is nothing left to extend. */
function extend(messages: readonly JsMsg[]): void {
  try {
    for (const message of messages) message.working();
  } catch {
    // The lane finds out by itself.
  }
}

const RETRY = { firstMs: 1_000, maxMs: 15_000 };

/**
 * Runs one lane: pull, gather, commit, acknowledge, for ever. Several lanes may share a consumer: while one commits,
 * another one gathers. NATS and Postgres may be away at any time.
 */
export function startLane<S>(options: LaneOptions<S>): Lane {
  const stopping = new AbortController();
  let source: MessageSource | undefined;

  async function run(): Promise<void> {
    const backoff = createBackoff(RETRY);
    while (!stopping.signal.aborted) {
      try {
        await drain(await options.open(), backoff);
      } catch (error) {
        if (stopping.signal.aborted) return;
        options.pulling.failed(error);
        await pause(backoff);
      }
    }
  }

  async function drain(consumer: Consumer, backoff: Backoff): Promise<void> {
    source = createMessageSource(consumer);
    if (stopping.signal.aborted) source.stop();
    const gatherer = createGatherer(source.messages, options.gather, options.weigh);
    options.pulling.ok();
    for (;;) {
      const messages = await gatherer.next();
      if (messages.length === 0) return;
      backoff.reset();
      if (await commit(messages)) for (const message of messages) message.ack();
      else for (const message of messages) message.nak();
    }
  }

  /** @returns false when the lane was stopped before Postgres took the set */
  async function commit(messages: readonly JsMsg[]): Promise<boolean> {
    const set = options.prepare(messages);
    const backoff = createBackoff(RETRY);
    const extending = setInterval(() => {
      extend(messages);
    }, options.extendMs);
    try {
      for (;;) {
        try {
          await options.commit(set);
          options.committing.ok();
          return true;
        } catch (error) {
          options.committing.failed(error);
          if (stopping.signal.aborted) return false;
          await pause(backoff);
        }
      }
    } finally {
      clearInterval(extending);
    }
  }

  async function pause(backoff: Backoff): Promise<void> {
    await delay(backoff.next(), undefined, { signal: stopping.signal }).catch(() => undefined);
  }

  const running = run();
  return {
    async stop() {
      stopping.abort();
      source?.stop();
      await running;
    },
  };
}
