import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { writeTogether } from './write-together.ts';

/** Bytes that may wait in a socket before no more are asked for. */
const FULL = 65_536;
/** How many signs of life may go unanswered before a peer counts as gone. */
const PATIENCE = 3;

/** Sends a text; resolves when the socket takes more. */
export type Send = (text: string) => Promise<void>;

/**
 * Bounds what waits in a socket whose peer doesn't read: senders wait, and nothing more is read from that peer, so
 * that neither what it asks for nor its pings make answers pile up.
 *
 * @param connection what carries the WebSocket
 */
export function throttle(socket: WebSocket, connection: Duplex): Send {
  const afterWrite = (): void => {
    if (socket.isPaused && socket.bufferedAmount <= FULL) socket.resume();
  };
  const holdWhileFull = (): boolean => {
    const full = socket.bufferedAmount > FULL;
    if (full && !socket.isPaused) socket.pause();
    return full;
  };
  socket.on('ping', (data) => {
    if (socket.readyState !== socket.OPEN) return;
    socket.pong(data, undefined, afterWrite);
    holdWhileFull();
  });
  return (text) =>
    new Promise((resolve) => {
      if (socket.readyState !== socket.OPEN) {
        resolve();
        return;
      }
      writeTogether(connection);
      socket.send(text, () => {
        afterWrite();
        resolve();
      });
      if (!holdWhileFull()) resolve();
    });
}

/**
 * Sends pings, and cuts a connection whose peer doesn't answer although everything has been sent to it: a slow peer
 * is not a dead one.
 *
 * @returns ends this
 */
export function keepSocketAlive(socket: WebSocket, everyMs: number): () => void {
  let unanswered = 0;
  socket.on('pong', () => {
    unanswered = 0;
  });
  const timer = setInterval(() => {
    if (socket.readyState !== socket.OPEN || socket.bufferedAmount > 0) return;
    if (unanswered >= PATIENCE) {
      socket.terminate();
      return;
    }
    unanswered++;
    socket.ping();
  }, everyMs);
  return () => {
    clearInterval(timer);
  };
}
