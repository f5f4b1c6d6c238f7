import { jetstreamManager, type SeqMsgRequest } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { BATCH_HEADERS } from '@culvert/traffic/batch-key';

/** What can be asked of the stream of traffic. Answers are undefined when NATS is away. */
export interface StreamReader {
  /** The subjects of exchanges that have messages in the stream. */
  heldSubjects(): Promise<ReadonlySet<string> | undefined>;
  /** The boot, as 32 hex digits, whose batch is the oldest on a subject; undefined also when there is none. */
  oldestBoot(subject: string): Promise<string | undefined>;
}

const STREAM = 'CULVERT_TRAFFIC';
const TIMEOUT_MS = 1_000;

/**
 * Asks JetStream.
 *
 * @param connection yields the connection while it is up; nothing is asked otherwise, so that no query waits
 * @param onFault is told why a question went without an answer
 */
export function createStreamReader(
  connection: () => NatsConnection | undefined,
  onFault: (error: unknown) => void,
): StreamReader {
  const ask = async <T>(question: (nats: NatsConnection) => Promise<T>): Promise<T | undefined> => {
    const nats = connection();
    if (nats === undefined) return undefined;
    try {
      return await question(nats);
    } catch (error) {
      onFault(error);
      return undefined;
    }
  };
  return {
    heldSubjects: () =>
      ask(async (nats) => {
        const manager = await jetstreamManager(nats, { timeout: TIMEOUT_MS, checkAPI: false });
        const info = await manager.streams.info(STREAM, { subjects_filter: 'culvert.exchange.>' });
        return new Set(Object.keys(info.state.subjects ?? {}));
      }),
    oldestBoot: (subject) =>
      ask(async (nats) => {
        const manager = await jetstreamManager(nats, { timeout: TIMEOUT_MS, checkAPI: false });
        const first: SeqMsgRequest & { next_by_subj: string } = { seq: 1, next_by_subj: subject };
        const message = await manager.streams.getMessage(STREAM, first);
        return message?.header.get(BATCH_HEADERS.boot);
      }),
  };
}
