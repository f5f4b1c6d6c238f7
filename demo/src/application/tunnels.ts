import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** Accepts `CONNECT` and `Upgrade: echo`; either way every byte then comes back. */
export function acceptTunnels(server: Server): void {
  server.on('connect', (_request: IncomingMessage, socket: Duplex, head: Buffer) => {
    echo(socket, head, 'HTTP/1.1 200 Connection Established\r\n\r\n');
  });
  server.on('upgrade', (_request: IncomingMessage, socket: Duplex, head: Buffer) => {
    echo(socket, head, 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
  });
}

function echo(socket: Duplex, head: Buffer, accepted: string): void {
  socket.on('error', () => undefined); // the other side may leave as it likes
  socket.write(accepted);
  if (head.length > 0) socket.write(head);
  socket.pipe(socket);
}
