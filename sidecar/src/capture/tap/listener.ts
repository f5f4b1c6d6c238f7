import { createServer, type Socket } from 'node:net';
import { bind } from '@culvert/runtime/bind';
import { count } from '../../books/books.ts';
import type { PortSelection, PortTable } from '../../select/port-table.ts';
import type { ConnectionFacts } from '../exchange/exchange.ts';
import { Tracker, type TrackerContext } from '../exchange/tracker.ts';
import type { Binding } from '../bindings.ts';
import { encodePeer } from './peer.ts';
import { relay, type Relay } from './relay.ts';
import { UNREAD, type Reader } from './unread.ts';
import { POD, upstreamOf } from './upstream.ts';

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

/** What all listeners of a process share. */
export interface ListenerContext extends TrackerContext {
  readonly ports: PortTable;
  /** Addresses of the pod, the main one first. */
  readonly podAddresses: readonly string[];
}

/** How often a drain looks for connections that became idle, in milliseconds. */
const DRAIN_LOOK_MS = 20;

/**
 * Listens on a captured port and relays every connection to its upstream. The rules in force for the application's
 * port say whether a connection is read.
 *
 * @throws when the address can't be bound
 */
export async function listen(binding: Binding, context: ListenerContext): Promise<Listener> {
  const relays = new Set<Relay>();
  const selection = context.ports.forPort(binding.upstream.port);
  const upstreamFor = upstreamOf(binding, context.podAddresses);
  let port = binding.port;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client: Socket) => {
    const upstream = upstreamFor(client.remoteAddress);
    // In a pod, callers have addressed the application's port: they know nothing of the sidecar's.
    const capturedPort = binding.upstream.host === POD ? upstream.port : port;
    const facts: ConnectionFacts = {
      encodedPeer: encodePeer(client.remoteAddress, client.remotePort, capturedPort),
      upstreamAuthority: upstream.authority,
    };
    const reader = readerFor(context, facts, selection);
    relays.add(relay(client, upstream, reader, (self) => relays.delete(self)));
  });
  port = await bind(server, binding.host, binding.port);
  // Accepting can fail later, where descriptors run out: that connection is lost, the listener goes on.
  server.on('error', context.onError);
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

function readerFor(context: TrackerContext, facts: ConnectionFacts, selection: PortSelection): Reader {
  const { capture } = selection.rules;
  if (capture === 'http') return new Tracker(context, facts, selection);
  context.books.connections++;
  count(context.books.opaque, capture === 'tcp' ? 'policy_tcp' : 'not_captured');
  return UNREAD;
}
