import type { Consumer, ConsumerMessages, JsMsg } from '@nats-io/jetstream';

/** Messages of a consumer, one after the other, until it is stopped or fails. */
export interface MessageSource {
  readonly messages: AsyncIterator<JsMsg, unknown>;
  /** Asks for no more; what has been asked for still comes, and then the end. */
  stop(): void;
}

/** A pull asks for this many messages, which bounds what waits in memory while a transaction runs. */
const MESSAGES_A_PULL = 32;
/**
 * A pull ends after this long, if not by messages. Breaking it off instead would strand the messages that are on
 * their way: they would come again only after the acknowledgement wait. So this bounds how long stopping takes.
 */
const PULL_EXPIRES_MS = 2_000;
/** Without NATS, no pull ends by itself. */
const STOP_TIMEOUT_MS = PULL_EXPIRES_MS + 1_000;

/**
 * Pulls from a consumer in small portions: the next one is asked for only when the last one has been taken, so
 * nothing piles up here while Postgres is slow.
 */
export function createMessageSource(consumer: Consumer): MessageSource {
  let stopped = false;
  let current: ConsumerMessages | undefined;
  let timer: NodeJS.Timeout | undefined;
  async function* pull(): AsyncGenerator<JsMsg, void> {
    try {
      while (!stopped) {
        current = await consumer.fetch({ max_messages: MESSAGES_A_PULL, expires: PULL_EXPIRES_MS });
        yield* current;
      }
    } finally {
      clearTimeout(timer);
      current = undefined;
    }
  }
  return {
    messages: pull(),
    stop() {
      stopped = true;
      timer = setTimeout(() => current?.stop(), STOP_TIMEOUT_MS);
    },
  };
}
