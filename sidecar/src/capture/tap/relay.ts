import type { Socket } from 'node:net';
import type { Aborter } from '../exchange/tracker.ts';
import type { Upstream } from '../bindings.ts';
import type { Reader } from './unread.ts';
import { UpstreamSocket } from './upstream-socket.ts';

/** A connection that passes through. */
export interface Relay {
  /**
   * Ends both sides in order when nothing is under way: no exchange, or, where the bytes are not understood, when the
   * upstream had the last word and both have been silent for so many calls in a row.
   */
  endIfIdle(silentCalls: number): void;
  /** Ends both sides with a reset. */
  destroy(): void;
}

/**
 * Carries bytes between a client and its upstream until both are done, and shows each chunk to the reader after it
 * was sent on.
 *
 * An end of one direction is passed on as an end of that direction, a reset as a reset (RFC 9293 §3.5, §3.10.7);
 * when one side takes no more, the other is not read.
 *
 * @param client accepted with `allowHalfOpen`
 * @param onClose called once when both sockets are gone
 */
export function relay(
  client: Socket,
  upstream: Upstream,
  reader: Reader,
  onClose: (self: Relay) => void,
): Relay {
  const server = new UpstreamSocket({ allowHalfOpen: true, noDelay: true });
  server.connect({ host: upstream.host, port: upstream.port });
  let ended: Aborter | undefined;
  let closed = 0;
  /** Whether the client sent something since the upstream last did. */
  let asked = false;
  let seen = -1;
  let silent = 0;

  client.on('data', (chunk: Buffer) => {
    if (!server.write(chunk)) client.pause();
    asked = true;
    reader.fromClient(chunk);
  });
  server.on('data', (chunk: Buffer) => {
    if (!client.write(chunk)) server.pause();
    asked = false;
    reader.fromUpstream(chunk);
  });
  client.on('drain', () => server.resume());
  server.on('drain', () => client.resume());
  client.on('end', () => {
    ended ??= 'client';
    server.end();
    reader.clientEnded();
  });
  server.on('end', () => {
    if (server.raiseFailure()) return;
    client.end();
    reader.upstreamEnded();
    ended ??= 'upstream';
  });
  client.on('error', () => {
    ended ??= 'client';
    reset(server);
  });
  server.on('error', () => {
    ended ??= 'upstream';
    client.resetAndDestroy();
  });

  const isSilentFor = (calls: number): boolean => {
    const passed = client.bytesRead + server.bytesRead;
    silent = passed === seen ? silent + 1 : 0;
    seen = passed;
    return !asked && silent >= calls;
  };
  const self: Relay = {
    endIfIdle(silentCalls) {
      if (!(reader.idle ?? isSilentFor(silentCalls))) return;
      if (client.writableLength > 0 || server.writableLength > 0) return;
      client.end();
      server.end();
    },
    destroy() {
      client.resetAndDestroy();
      reset(server);
    },
  };
  const onOneClosed = (): void => {
    if (++closed < 2) return;
    reader.closed(ended ?? 'client');
    onClose(self);
  };
  client.on('close', onOneClosed);
  server.on('close', onOneClosed);
  return self;
}

/** Node would wait for a connection that is being made, for minutes where nobody answers. */
function reset(socket: Socket): void {
  if (socket.connecting) socket.destroy();
  else socket.resetAndDestroy();
}
