import type { Consumer, ConsumerMessages, JsMsg } from '@nats-io/jetstream';

/** Messages of a consumer, one after the other, until it is stopped or fails. */
export interface MessageSource {
  readonly messages: AsyncIterator<JsMsg, unknown>;
  /** Asks for no more; what has arrived still comes. */
  stop(): void;
}

/** A pull asks for this many messages, which bounds what waits in memory while a transaction runs. */
const MESSAGES_A_PULL = 32;
const PULL_EXPIRES_MS = 10_000;

/**
 * Pulls from a consumer in small portions: the next one is asked for only when the last one has been taken, so
 * nothing piles up here while Postgres is slow.
 */
export function createMessageSource(consumer: Consumer): MessageSource {
  let stopped = false;
  let current: ConsumerMessages | undefined;
  async function* pull(): AsyncGenerator<JsMsg, void> {
    while (!stopped) {
      current = await consumer.fetch({ max_messages: MESSAGES_A_PULL, expires: PULL_EXPIRES_MS });
      if (stopped) current.stop();
      yield* current;
    }
  }
  return {
    messages: pull(),
    stop() {
      stopped = true;
      current?.stop();
    },
  };
}
