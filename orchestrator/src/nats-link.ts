import type { NatsConnection } from '@nats-io/transport-node';
import { createBackoff } from '@culvert/runtime/backoff';
import type { Logger } from '@culvert/runtime/log';
import { connectNats } from '@culvert/runtime/nats';
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

/** A server that tens of agents wait for is asked more often than by each of them. */
const RECONNECT = { firstMs: 500, maxMs: 5_000 };

/** Begins to connect and returns at once. */
export function linkNats(url: string, log: Logger): NatsLink {
  let connection: NatsConnection | undefined;
  let up = false;
  let problem = 'NATS has not been reached yet';

  const backoff = createBackoff(RECONNECT);
  const follow = async (nats: NatsConnection): Promise<void> => {
    for await (const status of nats.status()) {
      if (status.type === 'disconnect') {
        up = false;
        problem = 'the connection to NATS is lost';
        log.warn('the connection to NATS is lost');
      } else if (status.type === 'reconnect') {
        up = true;
        backoff.reset();
        log.info('connected to NATS again');
      }
    }
    up = false;
  };

  const connected = (async () => {
    const nats = await connectNats(url, 'culvert-orchestrator', {
      reconnectToServer: (pool) => {
        const [server] = pool;
        return server === undefined ? null : { server, delay: backoff.next() };
      },
    });
    connection = nats;
    up = true;
    backoff.reset();
    log.info({ server: nats.getServer() }, 'connected to NATS');
    void follow(nats);
    return nats;
  })();
  connected.catch((error: unknown) => {
    problem = `NATS refuses the connection: ${reasonOf(error)}`;
    log.error({ err: error }, 'NATS refuses the connection');
  });

  return {
    connected,
    current: () => (up && connection?.isClosed() === false ? connection : undefined),
    problem: () => problem,
    close: async () => {
      if (connection === undefined || connection.isClosed()) return;
      // Draining flushes what was sent last, but would wait for a server that is away.
      await (up ? connection.drain() : connection.close());
    },
  };
}
