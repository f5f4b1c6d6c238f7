import { setTimeout as delay } from 'node:timers/promises';
import type { Consumer, JsMsg } from '@nats-io/jetstream';
import { createBackoff, type Backoff } from '@culvert/runtime/backoff';
import { isFaultOfProgram } from '../../fault.ts';
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
  /** Prepares the setting aside of a message that this program can't cope with. */
  readonly park: (message: JsMsg, error: unknown) => S;
  /** A fault of this program, and how many messages it concerns. */
  readonly onFault: (error: unknown, messages: number) => void;
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
const PARKED_AGAIN_MS = 5 * 60_000;
const FAULTS_IN_A_ROW = 3;

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
      await settle(messages);
    }
  }

  /** Stores messages and acknowledges them, or hands them back; meanwhile they are kept from being delivered again. */
  async function settle(messages: readonly JsMsg[]): Promise<void> {
    const extending = setInterval(() => {
      extend(messages);
    }, options.extendMs);
    try {
      await store(messages);
    } finally {
      clearInterval(extending);
    }
  }

  async function store(messages: readonly JsMsg[]): Promise<void> {
    const outcome = await attempt(() => options.prepare(messages));
    if (outcome !== 'stored' && outcome !== 'stopped') {
      options.onFault(outcome.fault, messages.length);
      // One of them would keep the others from being stored, for ever.
      if (messages.length > 1) for (const message of messages) await store([message]);
      else for (const message of messages) await park(message, outcome.fault);
      return;
    }
    for (const message of messages) {
      if (outcome === 'stored') message.ack();
      else message.nak();
    }
  }

  /** What can't even be set aside comes again later, as rarely as can be, and is in nobody's way until then. */
  async function park(message: JsMsg, fault: unknown): Promise<void> {
    const outcome = await attempt(() => options.park(message, fault));
    if (outcome === 'stored') message.ack();
    else if (outcome === 'stopped') message.nak();
    else message.nak(PARKED_AGAIN_MS);
  }

  /** Commits a set until Postgres has taken it, a fault of this program stands in the way, or the lane is stopped. */
  async function attempt(prepare: () => S): Promise<'stored' | 'stopped' | { readonly fault: unknown }> {
    let set: S;
    try {
      set = prepare();
    } catch (error) {
      return { fault: error };
    }
    const backoff = createBackoff(RETRY);
    let faults = 0;
    for (;;) {
      try {
        await options.commit(set);
        options.committing.ok();
        return 'stored';
      } catch (error) {
        // A connection that breaks at a bad moment may look like a mistake of the program, but not again and again.
        faults = isFaultOfProgram(error) ? faults + 1 : 0;
        if (faults === FAULTS_IN_A_ROW) return { fault: error };
        options.committing.failed(error);
        if (stopping.signal.aborted) return 'stopped';
        await pause(backoff);
      }
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
