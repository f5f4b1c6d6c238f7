import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Conversation, Side, Step } from '../corpus/conversation.ts';
import { eventually } from './eventually.ts';

/** How the bytes of a step are written. */
export type Pieces = 'whole' | 'byte by byte';

/** An upstream whose connections are handed to the one who asks next. */
export interface ScriptedUpstream {
  readonly port: number;
  /** Client addresses that conversations had so far. */
  readonly peers: Set<string>;
  accept(): Promise<Socket>;
  close(): void;
}

export async function startScriptedUpstream(): Promise<ScriptedUpstream> {
  const accepted: Socket[] = [];
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => accepted.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    peers: new Set(),
    accept: () =>
      eventually(
        () => Promise.resolve(accepted.shift()),
        (socket) => socket !== undefined,
        'the upstream is connected to',
      ).then((socket) => socket as Socket),
    close: () => server.close(),
  };
}

/** A conversation that was played; its sockets are left as the last step left them. */
export interface PlayedConnection {
  /** `address:port` of the client, as the sidecar sees it. */
  readonly peer: string;
  close(): void;
}

/** One end of the connection with what it has received. */
interface End {
  readonly socket: Socket;
  received: Buffer;
  ended: boolean;
  broken: boolean;
}

/**
 * Plays a conversation through a captured port and checks that every byte, end and reset arrives as it was sent.
 *
 * @param port the captured port, whose upstream is `upstream`
 */
export async function playThrough(
  conversation: Conversation,
  port: number,
  upstream: ScriptedUpstream,
  pieces: Pieces,
): Promise<PlayedConnection> {
  const { client, server, peer } = await connectAnew(port, upstream);
  const ends: Record<Side, End> = { client: observe(client), server: observe(server) };
  const sent: Record<Side, Buffer> = { client: Buffer.alloc(0), server: Buffer.alloc(0) };
  for (const step of conversation.steps) {
    const [from, to] = step.from === 'client' ? [ends.client, ends.server] : [ends.server, ends.client];
    if ('bytes' in step) sent[step.from] = Buffer.concat([sent[step.from], step.bytes]);
    await perform(step, from, to, sent[step.from], pieces);
  }
  return {
    peer,
    close() {
      ends.client.socket.destroy();
      ends.server.socket.destroy();
    },
  };
}

/**
 * Connects from an address that no earlier conversation with this upstream had: the system gives ports out again once
 * they are free, and records are found by the client's address.
 */
async function connectAnew(
  port: number,
  upstream: ScriptedUpstream,
): Promise<{ client: Socket; server: Socket; peer: string }> {
  for (;;) {
    const client = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true });
    await once(client, 'connect');
    const server = await upstream.accept();
    const peer = `127.0.0.1:${client.localPort}`;
    if (!upstream.peers.has(peer)) {
      upstream.peers.add(peer);
      return { client, server, peer };
    }
    client.destroy();
    server.destroy();
  }
}

/** Bytes of a step that are waited for one at a time; the rest of a long step is written without waiting. */
const ONE_AT_A_TIME = 300;

async function perform(step: Step, from: End, to: End, sent: Buffer, pieces: Pieces): Promise<void> {
  if ('end' in step) {
    from.socket.end();
    await eventually(() => Promise.resolve(to.ended), Boolean, `the end of the ${step.from} arrives`);
    return;
  }
  if ('reset' in step) {
    from.socket.resetAndDestroy();
    await eventually(() => Promise.resolve(to.broken), Boolean, `the reset of the ${step.from} arrives`);
    return;
  }
  if (pieces === 'whole') from.socket.write(step.bytes);
  else {
    const before = sent.length - step.bytes.length;
    for (let i = 0; i < step.bytes.length; i++) {
      from.socket.write(step.bytes.subarray(i, i + 1));
      if (i < ONE_AT_A_TIME) await arrives(to, before + i + 1);
    }
  }
  await arrives(to, sent.length);
  assert.ok(to.received.equals(sent), `what the ${step.from} sent arrives as it was sent`);
}

async function arrives(to: End, bytes: number): Promise<void> {
  while (to.received.length < bytes) await once(to.socket, 'data');
}

function observe(socket: Socket): End {
  const end: End = { socket, received: Buffer.alloc(0), ended: false, broken: false };
  socket.on('data', (chunk: Buffer) => {
    end.received = Buffer.concat([end.received, chunk]);
  });
  socket.on('end', () => {
    end.ended = true;
  });
  socket.on('error', () => {
    end.broken = true;
  });
  return end;
}
