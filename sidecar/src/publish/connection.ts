import { randomBytes } from 'node:crypto';
import { contained } from '@culvert/runtime/contained';
import { connectNats, type NatsCredentials } from '@culvert/runtime/nats';
import type { Logger } from '@culvert/runtime/log';
import { encodeSubjectToken } from '@culvert/traffic/subject';
import type { Msg, NatsConnection, PublishOptions } from '@nats-io/transport-node';
import { hearAcknowledgements, type Acknowledgements } from './acknowledgements.ts';
import type { Answer } from '../control/stored-document.ts';
import type { Batch } from './batch.ts';

/** After this long without a first connection, the log says so. */
const UNREACHED_MS = 5_000;
/** After a fault of ours in the connection's upkeep, it is made anew so much later. */
const ANEW_MS = 1_000;

export interface LinkOptions {
  readonly url: string;
  readonly agentId: string;
  readonly log: Logger;
  /** Asked at every attempt to connect; those of the URL win. */
  readonly credentials?: () => NatsCredentials | undefined;
  /** @param maxPayloadBytes the largest message that the server takes, headers included */
  readonly onConnected: (maxPayloadBytes: number) => void;
  readonly onDisconnected: () => void;
  /** A fault of ours; the connection goes on. Must not throw. */
  readonly onError: (error: unknown) => void;
}

/** The agent's connection to NATS. It may be away at any time, from the start on. */
export interface Link {
  /** Publishes a batch; resolves when the stream has it. */
  publish(batch: Batch): Promise<void>;
  /** Publishes a message to a stream under a subject of its own. */
  send(subject: string, payload: Uint8Array): Promise<void>;
  /** Hears a subject from now on, over reconnects too. */
  listen(subject: string, onMessage: (payload: Uint8Array) => void): void;
  /** Asks and waits for one answer. Rejects when none comes in time, or while NATS is away. */
  request(subject: string, timeoutMs: number): Promise<Answer>;
  close(): Promise<void>;
}

/** Begins to connect and keeps trying. */
export function openLink(options: LinkOptions): Link {
  const { log, credentials } = options;
  // The only inbox that the agent will be allowed to hear.
  const inboxPrefix = `_INBOX_${encodeSubjectToken(options.agentId)}`;
  const listeners: { readonly subject: string; readonly onMessage: (payload: Uint8Array) => void }[] = [];
  let connection: NatsConnection | undefined;
  let acknowledgements: Acknowledgements | undefined;
  let up = false;
  const stopping = new AbortController();

  const subscribe = (nats: NatsConnection, { subject, onMessage }: (typeof listeners)[number]): void => {
    const onFault = (fault: unknown): void => {
      log.warn({ err: fault, subject }, 'ignores a message from NATS');
    };
    nats.subscribe(subject, {
      callback: contained((error: Error | null, message: Msg) => {
        if (error === null) onMessage(message.data);
      }, onFault),
    });
  };
  const tellConnected = contained(options.onConnected, options.onError);
  const tellDisconnected = contained(options.onDisconnected, options.onError);
  const onConnected = (nats: NatsConnection): void => {
    up = true;
    tellConnected(nats.info?.max_payload ?? Infinity);
  };

  const unreached = setTimeout(() => {
    log.warn('NATS was not reached yet or refuses the credentials; capture goes on into the spool');
  }, UNREACHED_MS);
  unreached.unref();

  const dial = async (): Promise<void> => {
    const nats = await connectNats(
      options.url,
      `culvert-sidecar ${options.agentId}`,
      { inboxPrefix, ignoreClusterUpdates: true, credentials },
      { signal: stopping.signal },
    );
    clearTimeout(unreached);
    if (stopping.signal.aborted) return nats.close();
    connection = nats;
    acknowledgements = hearAcknowledgements(nats, newInbox(inboxPrefix), options.onError);
    for (const listener of listeners) subscribe(nats, listener);
    log.info('connected to NATS');
    onConnected(nats);
    for await (const status of nats.status()) {
      if (status.type === 'disconnect') {
        log.warn('lost NATS; capture goes on into the spool');
        up = false;
        tellDisconnected();
      } else if (status.type === 'reconnect') {
        log.info('connected to NATS again');
        onConnected(nats);
      }
    }
  };
  const keepDialled = (): void => {
    dial().catch((error: unknown) => {
      if (stopping.signal.aborted) return;
      options.onError(error);
      up = false;
      tellDisconnected();
      acknowledgements?.close();
      void connection?.close();
      connection = undefined;
      again = setTimeout(keepDialled, ANEW_MS);
    });
  };
  let again: NodeJS.Timeout | undefined;
  keepDialled();

  const publish = (
    subject: string,
    payload: Uint8Array,
    more: PublishOptions = {},
    isFirst = false,
  ): Promise<void> => {
    if (!up || connection === undefined || acknowledgements === undefined) {
      return Promise.reject(new Error('not connected to NATS'));
    }
    const { reply, answered, cancel } = acknowledgements.expect(isFirst);
    try {
      connection.publish(subject, payload, { ...more, reply });
    } catch (error) {
      cancel(error instanceof Error ? error : new Error(String(error)));
    }
    return answered;
  };
  return {
    publish: (batch) =>
      publish(batch.subject, batch.payload, { headers: batch.headers }, batch.attemptsById === 1),
    send: (subject, payload) => publish(subject, payload),
    listen(subject, onMessage) {
      listeners.push({ subject, onMessage });
      if (connection !== undefined) subscribe(connection, { subject, onMessage });
    },
    async request(subject, timeoutMs) {
      if (!up || connection === undefined) throw new Error('not connected to NATS');
      const { data, headers } = await connection.request(subject, undefined, { timeout: timeoutMs });
      return { data, status: headers?.code ?? 0, header: (name) => headers?.get(name) ?? '' };
    },
    async close() {
      stopping.abort();
      clearTimeout(unreached);
      clearTimeout(again);
      acknowledgements?.close();
      await connection?.close();
    },
  };
}

/** A part of the agent's inbox that nobody can guess: whoever knew it could acknowledge in the name of the stream. */
function newInbox(prefix: string): string {
  return `${prefix}.${randomBytes(16).toString('hex')}`;
}
