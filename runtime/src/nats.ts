import { setTimeout as delay } from 'node:timers/promises';
import { connect, errors, type ConnectionOptions, type NatsConnection } from '@nats-io/transport-node';
import { createBackoff, type Backoff } from './backoff.ts';

/** S1-44: at once, then after 1 s doubling to 60 s, with full jitter. */
const RECONNECT = { firstMs: 1_000, maxMs: 60_000 };
/** For servers that tens of agents wait for: they ask more often than each of those. */
export const RECONNECT_OFTEN = { firstMs: 500, maxMs: 5_000 };
/** A peer that is gone without a word is noticed after two of these. */
const PING_MS = 10_000;

/** What a process shows to NATS. */
export type NatsCredentials =
  { readonly user: string; readonly pass: string } | { readonly auth_token: string };

/** How {@link connectNats} connects. */
export interface NatsOptions extends Omit<ConnectionOptions, 'user' | 'pass' | 'token' | 'authenticator'> {
  /** Asked at every attempt to connect, unless the URL holds credentials: then those count alone. */
  readonly credentials?: (() => NatsCredentials | undefined) | undefined;
}

/** How {@link connectNats} waits. */
export interface NatsWaiting {
  /** Bounds of the time between attempts, in milliseconds. */
  readonly reconnect?: { readonly firstMs: number; readonly maxMs: number };
  /** Ends the wait for the first connection; afterwards the connection itself is closed. */
  readonly signal?: AbortSignal;
}

/**
 * Connects to NATS and stays connected: waits for the first connection and for every later one as long as it takes.
 *
 * @param url `nats://[user:password@|token@]host:port`, several separated by commas; `tls://` for servers that must offer TLS and
 *   show a certificate that Node trusts (`NODE_EXTRA_CA_CERTS` names further authorities)
 * @param name shown by `nats server report connections`
 * @throws Error when the options make no sense, or once the signal is aborted
 */
export async function connectNats(
  url: string,
  name: string,
  { credentials, ...more }: NatsOptions = {},
  { reconnect = RECONNECT, signal }: NatsWaiting = {},
): Promise<NatsConnection> {
  const backoff = createBackoff(reconnect);
  let connected = false;
  const address = natsAddress(url);
  // The client would merge both, and the server would see a user of the one beside a token of the other.
  const isInUrl = address.user !== undefined || address.token !== undefined;
  const options: ConnectionOptions = {
    ...address,
    ...(credentials !== undefined && !isInUrl && { authenticator: () => credentials() }),
    name,
    maxReconnectAttempts: -1,
    pingInterval: PING_MS,
    maxPingOut: 2,
    // Who checks credentials may be away or late too: being refused is no reason to give up.
    ignoreAuthErrorAbort: true,
    // Called many times an attempt, so the delay between attempts is given below.
    reconnectDelayHandler: () => 0,
    reconnectToServer: (pool) => {
      const [server] = pool;
      return server === undefined || !connected ? null : { server, delay: backoff.next() };
    },
    ...more,
  };
  const nats = await firstConnection(options, backoff, signal);
  connected = true;
  backoff.reset();
  void (async () => {
    for await (const status of nats.status()) if (status.type === 'reconnect') backoff.reset();
  })();
  return nats;
}

/** The client would wait for the first connection too, but could not be told to end that. */
async function firstConnection(
  options: ConnectionOptions,
  backoff: Backoff,
  signal: AbortSignal | undefined,
): Promise<NatsConnection> {
  for (;;) {
    await delay(backoff.next(), undefined, { signal });
    try {
      return await connect(options);
    } catch (error) {
      if (error instanceof errors.InvalidArgumentError) throw error;
    }
  }
}

/**
 * Checks a list of NATS servers, for a setting.
 *
 * @returns it as it is
 * @throws Error that completes "NATS_URL …" and holds nothing of the text, which may hold a password
 */
export function parseNatsUrl(value: string): string {
  natsAddress(value);
  return value;
}

/**
 * Splits credentials from server addresses, because the client takes them apart from one another. A user needs a
 * password; a name alone is a token. All servers have the same credentials, those too that name none.
 *
 * @throws Error that completes "NATS_URL …" and holds nothing of the text
 */
export function natsAddress(url: string): ConnectionOptions {
  const servers: string[] = [];
  const schemes = new Set<string>();
  let found: Credentials | undefined;
  for (const part of url.split(',')) {
    const text = part.includes('://') ? part : `nats://${part}`;
    const address = URL.parse(text);
    if (address === null) throw new Error(`must look like ${FORM}`);
    if (!['nats:', 'tls:'].includes(address.protocol))
      throw new Error(`must start with nats:// or tls://, not ${address.protocol}//`);
    if (address.host === '') throw new Error(`names a server without a host: it must look like ${FORM}`);
    servers.push(address.host);
    if (part.includes('://')) schemes.add(address.protocol);
    const own = credentialsIn(text);
    if (own === undefined) continue;
    if (found !== undefined && JSON.stringify(found) !== JSON.stringify(own))
      throw new Error(
        'names different credentials for its servers: give all of them the same, or give them to the first one alone',
      );
    found = own;
  }
  if (schemes.size > 1) throw new Error('mixes nats:// and tls://: give all servers the same');
  // With options for TLS, however empty, the client shows nothing to a server that offers none.
  return { ...found, servers, ...(schemes.has('tls:') && { tls: {} }) };
}

type Credentials = { readonly user: string; readonly pass: string } | { readonly token: string };

const FORM = 'nats://[user:password@|token@]host:port';

/** From the text itself: a parsed URL does not tell a user without a password from a token. */
function credentialsIn(url: string): Credentials | undefined {
  const authority = /^[^/]*\/\/([^/?#]*)@/.exec(url)?.[1];
  if (authority === undefined) return undefined;
  const colon = authority.indexOf(':');
  const name = decoded(colon < 0 ? authority : authority.slice(0, colon));
  if (colon < 0 && name !== '') return { token: name };
  const pass = decoded(authority.slice(colon + 1));
  if (name === '' || pass === '')
    throw new Error(
      `names ${name === '' ? 'no user' : 'a user without a password'}: it must look like ${FORM}`,
    );
  return { user: name, pass };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error('has a % in its credentials that begins no escaped byte: write it as %25');
  }
}
