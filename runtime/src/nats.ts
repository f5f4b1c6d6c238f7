import { connect, type ConnectionOptions, type NatsConnection } from '@nats-io/transport-node';
import { createBackoff } from './backoff.ts';

/** S1-44: at once, then after 1 s doubling to 60 s, with full jitter. */
const RECONNECT = { firstMs: 1_000, maxMs: 60_000 };
/** A peer that is gone without a word is noticed after two of these. */
const PING_MS = 10_000;

/**
 * Connects to NATS and stays connected: waits for the first connection and for every later one as long as it takes.
 *
 * @param url `nats://[user:password@|token@]host:port`, several separated by commas
 * @param name shown by `nats server report connections`
 */
export async function connectNats(
  url: string,
  name: string,
  more: ConnectionOptions = {},
): Promise<NatsConnection> {
  const backoff = createBackoff(RECONNECT);
  const nats = await connect({
    ...natsAddress(url),
    name,
    waitOnFirstConnect: true,
    maxReconnectAttempts: -1,
    pingInterval: PING_MS,
    maxPingOut: 2,
    // Who checks credentials may be away or late too: being refused is no reason to give up.
    ignoreAuthErrorAbort: true,
    // Called many times an attempt, so the delay between attempts is given below.
    reconnectDelayHandler: () => 0,
    reconnectToServer: (pool) => {
      const [server] = pool;
      return server === undefined ? null : { server, delay: backoff.next() };
    },
    ...more,
  });
  backoff.reset();
  void (async () => {
    for await (const status of nats.status()) if (status.type === 'reconnect') backoff.reset();
  })();
  return nats;
}

/**
 * Splits credentials from server addresses, because the client takes them apart from one another.
 *
 * @throws Error that completes "NATS_URL …" and holds nothing of the text
 */
export function natsAddress(url: string): ConnectionOptions {
  const servers: string[] = [];
  const options: ConnectionOptions = {};
  for (const part of url.split(',')) {
    const address = URL.parse(part.includes('://') ? part : `nats://${part}`);
    if (address === null) throw new Error('must look like nats://[user:password@|token@]host:port');
    if (address.username !== '' && address.password !== '') {
      options.user = decodeURIComponent(address.username);
      options.pass = decodeURIComponent(address.password);
    } else if (address.username !== '') options.token = decodeURIComponent(address.username);
    servers.push(address.host);
  }
  return { ...options, servers };
}
