import { jetstream, type JetStreamClient } from '@nats-io/jetstream';
import { connectNats } from '@culvert/runtime/nats';
import type { Logger } from '@culvert/runtime/log';
import { encodeSubjectToken } from '@culvert/traffic/subject';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Batch } from './batch.ts';

/** How long the stream may take to acknowledge before the batch is sent again. */
const ACKNOWLEDGE_MS = 10_000;

export interface LinkOptions {
  readonly url: string;
  readonly agentId: string;
  readonly log: Logger;
  readonly onConnected: () => void;
  readonly onDisconnected: () => void;
}

/** The agent's connection to NATS. It may be away at any time, from the start on. */
export interface Link {
  /** Publishes a batch; resolves when the stream has it. */
  publish(batch: Batch): Promise<void>;
  /** Publishes a message to a stream under a subject of its own. */
  send(subject: string, payload: Uint8Array): Promise<void>;
  /** Hears a subject from now on, over reconnects too. */
  listen(subject: string, onMessage: (payload: Uint8Array) => void): void;
  close(): Promise<void>;
}

/** Begins to connect and keeps trying. */
export function openLink(options: LinkOptions): Link {
  const { log } = options;
  const listeners: { readonly subject: string; readonly onMessage: (payload: Uint8Array) => void }[] = [];
  let connection: NatsConnection | undefined;
  let stream: JetStreamClient | undefined;
  let closing = false;

  const subscribe = (nats: NatsConnection, { subject, onMessage }: (typeof listeners)[number]): void => {
    nats.subscribe(subject, {
      callback: (error, message) => {
        if (error === null) onMessage(message.data);
      },
    });
  };

  const dial = async (): Promise<void> => {
    const nats = await connectNats(options.url, `culvert-sidecar ${options.agentId}`, {
      // The only inbox that the agent will be allowed to hear.
      inboxPrefix: `_INBOX_${encodeSubjectToken(options.agentId)}`,
      ignoreClusterUpdates: true,
    });
    if (closing) return nats.close();
    connection = nats;
    stream = jetstream(nats);
    for (const listener of listeners) subscribe(nats, listener);
    log.info('connected to NATS');
    options.onConnected();
    for await (const status of nats.status()) {
      if (status.type === 'disconnect') {
        log.warn('lost NATS; capture goes on into the spool');
        options.onDisconnected();
      } else if (status.type === 'reconnect') {
        log.info('connected to NATS again');
        options.onConnected();
      }
    }
  };
  void dial().catch((error: unknown) => {
    if (!closing) log.error({ err: error }, 'NATS can not be used; nothing is published');
  });

  const client = (): JetStreamClient => {
    if (stream === undefined) throw new Error('not connected to NATS');
    return stream;
  };
  return {
    async publish(batch) {
      await client().publish(batch.subject, batch.payload, {
        headers: batch.headers,
        timeout: ACKNOWLEDGE_MS,
        retries: 1,
      });
    },
    async send(subject, payload) {
      await client().publish(subject, payload, { timeout: ACKNOWLEDGE_MS, retries: 1 });
    },
    listen(subject, onMessage) {
      listeners.push({ subject, onMessage });
      if (connection !== undefined) subscribe(connection, { subject, onMessage });
    },
    async close() {
      closing = true;
      await connection?.close();
    },
  };
}
