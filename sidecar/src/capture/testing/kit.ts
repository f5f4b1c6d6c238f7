import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { TrafficBatch, type TrafficEvent } from '@culvert/proto';
import { systemClock } from '@culvert/runtime/clock';
import { DEFAULT_RULES } from '@culvert/policy/port-rules';
import type { Placeholder } from '@culvert/traffic/select/redact/edits';
import type { PortRules } from '@culvert/traffic/select/rules';
import { createBooks, type Books } from '../../books/books.ts';
import { createBatchMaker } from '../../publish/batch.ts';
import { createAgent } from '../../publish/identity.ts';
import { Placeholders } from '../../select/placeholders.ts';
import { PortTable } from '../../select/port-table.ts';
import { Selector } from '../../select/selector.ts';
import { Spool } from '../../spool/spool.ts';
import { Recorder } from '../exchange/recorder.ts';
import { listen, type Listener, type ListenerContext } from '../tap/listener.ts';
import { ReadQueue } from '../tap/read-queue.ts';

/** The capture stations with nothing behind the spool, for tests. */
export interface CaptureKit {
  readonly books: Books;
  readonly spool: Spool;
  readonly recorder: Recorder;
  readonly context: ListenerContext;
  readonly errors: unknown[];
  /** Ports whose capture was turned off. */
  readonly turnedOff: number[];
  /** Takes everything out of the spool, decoded, in order. */
  readonly events: () => TrafficEvent[];
}

/** What differs from the defaults. */
export interface KitOptions {
  readonly bodyLimit?: number;
  readonly heldLimit?: number;
  readonly segments?: number;
  readonly rules?: Partial<PortRules>;
  readonly placeholder?: Placeholder;
}

export function createKit(options: KitOptions = {}): CaptureKit {
  const books = createBooks();
  const errors: unknown[] = [];
  const turnedOff: number[] = [];
  const now = (): number => systemClock.now();
  const identity = {
    cluster: 'c',
    namespace: 'n',
    workload: 'w',
    pod: 'p',
    node: 'o',
    version: '0',
    role: 'capture',
  };
  const maker = createBatchMaker(createAgent('agent', identity));
  const spool = new Spool({
    limitBytes: (options.segments ?? 16) * 512 * 1024,
    headroom: maker.headroom,
    books,
    now,
    onContent: () => undefined,
  });
  const recorder = new Recorder({
    spool,
    books,
    heldLimit: options.heldLimit ?? 8 * 1024 * 1024,
    openAfterMs: 250,
    reserve: () => undefined,
    now,
    wakeAt: () => undefined,
    onError: (error) => errors.push(error),
  });
  const limit = options.bodyLimit ?? 1024 * 1024;
  const limits = { requestBodyBytes: limit, responseBodyBytes: limit };
  const ports = new PortTable({ ports: {}, otherPorts: { ...DEFAULT_RULES, ...limits, ...options.rules } });
  const onError = (error: unknown): void => {
    errors.push(error);
  };
  const placeholder = options.placeholder ?? new Placeholders().of;
  const selector = new Selector({ recorder, books, placeholder, onError });
  return {
    books,
    spool,
    recorder,
    errors,
    turnedOff,
    context: {
      recorder,
      selector,
      books,
      ports,
      podAddresses: [],
      limits: { headBytes: 65_536, heldBytes: 65_536 },
      queue: new ReadQueue(now, 0, { at: () => undefined }),
      onError,
      onTurnedOff: (port) => turnedOff.push(port),
    },
    events() {
      const events: TrafficEvent[] = [];
      for (let segment = spool.take(-1); segment !== undefined; segment = spool.take(-1)) {
        events.push(...TrafficBatch.decode(maker.make(segment, now()).payload).events);
        spool.release(segment, false);
      }
      return events;
    },
  };
}

/** Of these events, the whole exchanges. */
export function exchangesOf(events: readonly TrafficEvent[]) {
  return events.flatMap(({ event }) => (event?.$case === 'exchange' ? [event.exchange] : []));
}

/** A server, on loopback unless said otherwise, whose every connection goes to a handler. */
export async function startUpstream(
  onConnection: (socket: Socket) => void,
  host = '127.0.0.1',
): Promise<Server & { port: number }> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  server.listen(0, host);
  await once(server, 'listening');
  return Object.assign(server, { port: (server.address() as AddressInfo).port });
}

/** A listener in front of an upstream. */
export async function captureTo(port: number, context: ListenerContext): Promise<Listener> {
  return listen({ host: '127.0.0.1', port: 0, upstream: { host: '127.0.0.1', port } }, context);
}

/** A client connection to a listener, with errors left to the test. */
export async function connectTo(listener: Listener): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port: listener.port, allowHalfOpen: true });
  await once(socket, 'connect');
  return socket;
}

/** All bytes until the peer's end. */
export async function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Waits until a condition holds, looking again after each turn of the event loop; gives up after thirty seconds. */
export async function becomes(condition: () => boolean, what: string): Promise<void> {
  const until = performance.now() + 30_000;
  while (!condition()) {
    assert.ok(performance.now() < until, `did not become true: ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
