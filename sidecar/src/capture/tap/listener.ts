import { createServer, type Socket } from 'node:net';
import { bind } from '@culvert/runtime/bind';
import { count } from '../../books/books.ts';
import type { PortTable } from '../../select/port-table.ts';
import { Tracker, type TrackerContext } from '../exchange/tracker.ts';
import type { Binding } from '../bindings.ts';
import { GuardedReader } from './guarded-reader.ts';
import { encodePeer } from './peer.ts';
import type { ReadQueue } from './read-queue.ts';
import { relay, type Relay } from './relay.ts';
import { UNREAD, type Reader } from './unread.ts';
import { POD, upstreamOf, type UpstreamAddress } from './upstream.ts';

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
  /** Whether a fault of ours turned capture off: all connections of the port pass unread until the sidecar restarts. */
  readonly off: boolean;
  /** Turns capture off because of a fault that could not be contained. Never throws. */
  turnOff(error: unknown): void;
}

/** What all listeners of a process share. */
export interface ListenerContext extends TrackerContext {
  readonly ports: PortTable;
  /** Addresses of the pod, the main one first. */
  readonly podAddresses: readonly string[];
  /** What happened on connections waits here until it is read. */
  readonly queue: ReadQueue;
  /** Capture of a port, as the application knows it, was turned off by a fault that could not be contained. */
  readonly onTurnedOff: (port: number, error: unknown) => void;
}

/** How often a drain looks for connections that became idle, in milliseconds. */
const DRAIN_LOOK_MS = 20;
/** Connections that are not understood count as idle after such a silence, in milliseconds. */
const SILENCE_MS = 1_000;

/**
 * Listens on a captured port and relays every connection to its upstream. The rules in force for the application's
 * port say whether a connection is read.
 *
 * @throws when the address can't be bound
 */
export async function listen(binding: Binding, context: ListenerContext): Promise<Listener> {
  const relays = new Set<Relay>();
  const readers = new Set<GuardedReader>();
  let off = false;
  const selection = context.ports.forPort(binding.upstream.port);
  const upstreamFor = upstreamOf(binding, context.podAddresses);
  let port = binding.port;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client: Socket) => {
    const upstream = upstreamFor(client.remoteAddress);
    const reader = off ? unread(context, 'capture_off') : readerFor(client, upstream);
    if (reader instanceof GuardedReader) readers.add(reader);
    const onClose = (self: Relay): void => {
      relays.delete(self);
      if (reader instanceof GuardedReader) readers.delete(reader);
    };
    relays.add(relay(client, upstream, reader, onClose));
  });
  const turnOff = (error: unknown): void => {
    if (off) return;
    off = true;
    for (const reader of readers) reader.giveUp();
    readers.clear();
    context.onTurnedOff(binding.upstream.port, error);
  };
  const readerFor = (client: Socket, upstream: UpstreamAddress): Reader => {
    const { capture } = selection.rules;
    if (capture !== 'http') return unread(context, capture === 'tcp' ? 'policy_tcp' : 'not_captured');
    try {
      // In a pod, callers have addressed the application's port: they know nothing of the sidecar's.
      const capturedPort = binding.upstream.host === POD ? upstream.port : port;
      const facts = {
        encodedPeer: encodePeer(client.remoteAddress, client.remotePort, capturedPort),
        upstreamAuthority: upstream.authority,
      };
      return new GuardedReader(new Tracker(context, facts, selection), context.queue, {
        onError: context.onError,
        onEscape: (error) => {
          context.onError(error);
          turnOff(error);
        },
      });
    } catch (error) {
      context.onError(error);
      return unread(context, 'parser_error');
    }
  };
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
          for (const open of relays) open.endIfIdle(SILENCE_MS / DRAIN_LOOK_MS);
        }, DRAIN_LOOK_MS);
        server.close(() => {
          clearInterval(looking);
          resolve();
        });
      }),
    destroy() {
      for (const open of relays) open.destroy();
    },
    get off() {
      return off;
    },
    turnOff,
  };
}

function unread({ books }: TrackerContext, reason: string): Reader {
  books.connections++;
  count(books.opaque, reason);
  return UNREAD;
}
