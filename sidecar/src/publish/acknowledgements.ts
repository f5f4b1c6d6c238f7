import { createAlarm } from '@culvert/runtime/alarm';
import { contained } from '@culvert/runtime/contained';
import type { Msg, NatsConnection } from '@nats-io/transport-node';

/** How long the stream may take to acknowledge before a message counts as refused. */
const ACKNOWLEDGE_MS = 10_000;
/** What the server answers when no stream takes the subject. */
const NO_RESPONDERS = 503;

/**
 * JetStream's answers to publications, over one subscription for all of them: a request of the client's own for each
 * batch would cost a timer, two errors with stacks and several promises.
 */
export interface Acknowledgements {
  /**
   * Makes a reply subject whose answer settles the promise: fulfilled when the stream has the message.
   *
   * @param isFirst whether nothing was sent under the message's id before: then the stream can have no duplicate of it
   */
  expect(isFirst: boolean): {
    readonly reply: string;
    readonly answered: Promise<void>;
    /** The message could not be sent: rejects the promise. */
    readonly cancel: (error: Error) => void;
  };
  /** The connection is new: answers to earlier publications won't come. */
  close(): void;
}

/** The stream has a message with this id that isn't ours, so it doesn't have ours. */
export class MessageIdTaken extends Error {
  constructor() {
    super('somebody else has sent a message under the id of this one');
  }
}

interface Waiting {
  readonly isFirst: boolean;
  readonly since: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * @param inbox a subject prefix that nobody else uses
 * @param onError a fault of ours; must not throw
 */
export function hearAcknowledgements(
  nats: NatsConnection,
  inbox: string,
  onError: (error: unknown) => void,
): Acknowledgements {
  const waiting = new Map<string, Waiting>();
  let next = 0;
  const settle = (token: string, error: (entry: Waiting) => Error | undefined): void => {
    const entry = waiting.get(token);
    if (entry === undefined || !waiting.delete(token)) return;
    const reason = error(entry);
    if (reason === undefined) entry.resolve();
    else entry.reject(reason);
  };
  const subscription = nats.subscribe(`${inbox}.*`, {
    callback: contained((error: Error | null, message: Msg) => {
      if (error === null)
        settle(message.subject.slice(inbox.length + 1), ({ isFirst }) => refusal(message, isFirst));
    }, onError),
  });
  const now = (): number => performance.now();
  const late = createAlarm(
    () => {
      // In the order in which they were published.
      for (const [token, { since }] of waiting) {
        if (since + ACKNOWLEDGE_MS > now()) {
          late.at(since + ACKNOWLEDGE_MS);
          return;
        }
        settle(token, () => new Error(`the stream did not acknowledge within ${ACKNOWLEDGE_MS} ms`));
      }
    },
    now,
    onError,
  );
  return {
    expect(isFirst) {
      const token = String(next++);
      const since = now();
      const { promise: answered, resolve, reject } = Promise.withResolvers<void>();
      waiting.set(token, { isFirst, since, resolve, reject });
      late.at(since + ACKNOWLEDGE_MS);
      const cancel = (error: Error): void => {
        settle(token, () => error);
      };
      return { reply: `${inbox}.${token}`, answered, cancel };
    },
    close() {
      late.stop();
      subscription.unsubscribe();
    },
  };
}

/** Why the stream did not take a message; undefined when it did (JetStream API, publish acknowledgement). */
function refusal(message: Msg, isFirst: boolean): Error | undefined {
  if (message.data.length === 0) {
    const missing = message.headers?.code === NO_RESPONDERS;
    return new Error(missing ? 'no stream takes this subject yet' : 'the answer to a publication is empty');
  }
  let answer: { error?: { code?: number; description?: string }; stream?: string; duplicate?: boolean };
  try {
    answer = message.json();
  } catch {
    return new Error('the answer to a publication is not JSON');
  }
  if (answer.error !== undefined)
    return new Error(answer.error.description ?? `error ${answer.error.code ?? ''}`);
  if (answer.duplicate === true && isFirst) return new MessageIdTaken();
  return answer.stream === undefined ? new Error('the answer to a publication names no stream') : undefined;
}
