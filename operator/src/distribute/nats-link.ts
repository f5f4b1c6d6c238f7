import { connectNats, RECONNECT_OFTEN } from '@culvert/runtime/nats';
import type { Logger } from '@culvert/runtime/log';
import { natsCredentialsIn } from '@culvert/runtime/secret-files';
import type { NatsConnection } from '@nats-io/transport-node';

/** What follows the connection to NATS. */
export interface NatsFollower {
  /** Called at the first connection and after each later one. */
  readonly onConnected: (connection: NatsConnection) => void;
  readonly onDisconnected: () => void;
}

/** A connection to NATS that may be down, now or at any time. */
export interface NatsLink {
  readonly connected: boolean;
  /** Tells of every connection from now on, and of the one that is up. */
  follow(follower: NatsFollower): void;
  close(): Promise<void>;
}

/**
 * Begins to connect, keeps trying, and returns at once.
 *
 * @param secretsDir directory with `nats-token`, or `nats-user` and `nats-password`, read at each attempt; empty for none
 */
export function linkNats(url: string, secretsDir: string, log: Logger): NatsLink {
  const followers: NatsFollower[] = [];
  let connection: NatsConnection | undefined;
  let up = false;
  const stopping = new AbortController();

  const rise = (nats: NatsConnection): void => {
    up = true;
    for (const follower of followers) follower.onConnected(nats);
  };
  const run = async (): Promise<void> => {
    const nats = await connectNats(
      url,
      'culvert-operator',
      { credentials: () => natsCredentialsIn(secretsDir) },
      { reconnect: RECONNECT_OFTEN, signal: stopping.signal },
    );
    if (stopping.signal.aborted) return nats.close();
    connection = nats;
    log.info({ server: nats.getServer() }, 'connected to NATS');
    rise(nats);
    for await (const status of nats.status()) {
      if (status.type === 'disconnect') {
        up = false;
        log.warn('the connection to NATS is lost');
        for (const follower of followers) follower.onDisconnected();
      } else if (status.type === 'reconnect') {
        log.info('connected to NATS again');
        rise(nats);
      }
    }
    up = false;
  };
  run().catch((error: unknown) => {
    if (!stopping.signal.aborted)
      log.error({ err: error }, 'NATS can not be used; no configuration is distributed');
  });

  return {
    get connected() {
      return up;
    },
    follow(follower) {
      followers.push(follower);
      if (up && connection !== undefined) follower.onConnected(connection);
    },
    async close() {
      stopping.abort();
      await connection?.close();
    },
  };
}
