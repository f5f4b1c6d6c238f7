import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { ConnectionFacts } from '../exchange/exchange.ts';
import { Tracker, type TrackerContext } from '../exchange/tracker.ts';
import type { Binding } from '../bindings.ts';
import { encodePeer } from './peer.ts';
import { relay, type Relay } from './relay.ts';

/** A captured port that listens. */
export interface Listener {
  readonly binding: Binding;
  readonly port: number;
  /** How many connections pass through now. */
  readonly connections: number;
  /** Accepts no more, ends idle connections; resolves when the last one has ended. */
  drain(): Promise<void>;
  /** Resets what is left. */
  destroy(): void;
}

/** How often a drain looks for connections that became idle, in milliseconds. */
const DRAIN_LOOK_MS = 20;

const ASCII = new TextEncoder();

/**
 * Listens on a captured port and relays every connection to its upstream.
 *
 * @throws when the address can't be bound
 */
export async function listen(binding: Binding, context: TrackerContext): Promise<Listener> {
  const relays = new Set<Relay>();
  let port = binding.port;
  const upstreamAuthority = ASCII.encode(formatAuthority(binding.upstream));
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client: Socket) => {
    const facts: ConnectionFacts = {
      encodedPeer: encodePeer(client.remoteAddress, client.remotePort, port),
      upstreamAuthority,
    };
    const tracker = new Tracker(context, facts);
    relays.add(relay(client, binding.upstream, tracker, (self) => relays.delete(self)));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(binding.port, binding.host, resolve);
  });
  // Accepting can fail later, where descriptors run out: that connection is lost, the listener goes on.
  server.on('error', context.onError);
  ({ port } = server.address() as AddressInfo);
  return {
    binding,
    port,
    get connections() {
      return relays.size;
    },
    drain: () =>
      new Promise((resolve) => {
        const looking = setInterval(() => {
          for (const open of relays) open.endIfIdle();
        }, DRAIN_LOOK_MS);
        server.close(() => {
          clearInterval(looking);
          resolve();
        });
      }),
    destroy() {
      for (const open of relays) open.destroy();
    },
  };
}

function formatAuthority(upstream: { readonly host: string; readonly port: number }): string {
  const host = upstream.host.includes(':') ? `[${upstream.host}]` : upstream.host;
  return upstream.port === 80 ? host : `${host}:${upstream.port}`;
}
