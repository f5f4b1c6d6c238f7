import { connect, type ConnectionOptions, type NatsConnection } from '@nats-io/transport-node';

/**
 * Connects to NATS and stays connected: waits for the first connection and every later one as long as it takes,
 * after 1 s doubling to 60 s with full jitter.
 *
 * @param url `nats://[user:password@|token@]host:port`, several separated by commas
 * @param name shown by `nats server report connections`
 */
export async function connectNats(
  url: string,
  name: string,
  more: ConnectionOptions = {},
): Promise<NatsConnection> {
  return connect({ ...natsAddress(url), name, maxReconnectAttempts: -1, ...more });
}

/** Splits credentials from server addresses, because the client takes them apart from one another. */
export function natsAddress(url: string): ConnectionOptions {
  const servers: string[] = [];
  const options: ConnectionOptions = {};
  for (const part of url.split(',')) {
    const address = new URL(part.includes('://') ? part : `nats://${part}`);
    if (address.username !== '' && address.password !== '') {
      options.user = decodeURIComponent(address.username);
      options.pass = decodeURIComponent(address.password);
    } else if (address.username !== '') options.token = decodeURIComponent(address.username);
    servers.push(address.host);
  }
  return { ...options, servers };
}
