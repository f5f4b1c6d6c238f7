import type { NatsConnection } from '@nats-io/transport-node';
import type { Logger } from '@culvert/runtime/log';
import { connectNats, RECONNECT_OFTEN } from '@culvert/runtime/nats';
import { reasonOf } from './reason.ts';

/** A connection to NATS that may be down, now or at any time. */
export interface NatsLink {
  /** Resolves with the connection once it has been made; it reconnects by itself from then on. */
  readonly connected: Promise<NatsConnection>;
  /** The connection while it is up. */
  current(): NatsConnection | undefined;
  /** Why there is none. */
  problem(): string;
  /** Sends what is waiting and ends the connection. */
  close(): Promise<void>;
}

/** Begins to connect and returns at once. */
export function linkNats(url: string, log: Logger): NatsLink {
  let connection: NatsConnection | undefined;
  let up = false;
  let problem = 'NATS has not been reached yet';

  const stopping = new AbortController();
  const follow = async (nats: NatsConnection): Promise<void> => {
    for await (const status of nats.status()) {
      if (status.type === 'disconnect') {
        up = false;
        problem = 'the connection to NATS is lost';
        log.warn('the connection to NATS is lost');
      } else if (status.type === 'reconnect') {
        up = true;
        log.info('connected to NATS again');
      }
    }
    up = false;
  };

  const connected = (async () => {
    const waiting = { reconnect: RECONNECT_OFTEN, signal: stopping.signal };
    const nats = await connectNats(url, 'culvert-orchestrator', {}, waiting);
    connection = nats;
    up = true;
    log.info({ server: nats.getServer() }, 'connected to NATS');
    void follow(nats);
    return nats;
  })();
  connected.catch((error: unknown) => {
    if (stopping.signal.aborted) return;
    problem = `NATS refuses the connection: ${reasonOf(error)}`;
    log.error({ err: error }, 'NATS refuses the connection');
  });

  return {
    connected,
    current: () => (up && connection?.isClosed() === false ? connection : undefined),
    problem: () => problem,
    close: async () => {
      stopping.abort();
      if (connection === undefined || connection.isClosed()) return;
      // Draining flushes what was sent last, but would wait for a server that is away.
      await (up ? connection.drain() : connection.close());
    },
  };
}
