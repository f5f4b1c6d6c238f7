import { createHash } from 'node:crypto';
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** RFC 6455, section 1.3. */
const KEY_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const CLOSE = 8;
const TEXT = 1;

/** Accepts WebSockets and sends every message of up to 125 bytes back in upper case. */
export function acceptWebSockets(server: Server): void {
  server.on('upgrade', (request, socket: Duplex, head: Buffer) => {
    const key = request.headers['sec-websocket-key'] ?? '';
    const accept = createHash('sha1').update(`${key}${KEY_SUFFIX}`).digest('base64');
    const protocol = request.headers['sec-websocket-protocol']?.split(',')[0];
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n` +
        (protocol === undefined ? '' : `Sec-WebSocket-Protocol: ${protocol}\r\n`) +
        '\r\n',
    );
    echo(socket, head);
  });
}

function echo(socket: Duplex, head: Buffer): void {
  let unread = head;
  socket.on('error', () => undefined); // the other side may leave as it likes
  socket.on('data', (chunk: Buffer) => {
    unread = Buffer.concat([unread, chunk]);
    while (unread.length >= 6) {
      const length = (unread[1] ?? 0) & 0x7f;
      if (unread.length < 6 + length) return;
      const mask = unread.subarray(2, 6);
      const payload = Buffer.from(unread.subarray(6, 6 + length).map((byte, n) => byte ^ (mask[n % 4] ?? 0)));
      const opcode = (unread[0] ?? 0) & 0x0f;
      unread = unread.subarray(6 + length);
      if (opcode === CLOSE) {
        socket.end(frame(CLOSE, payload));
        return;
      }
      socket.write(frame(TEXT, Buffer.from(payload.toString().toUpperCase())));
    }
  });
}

/** A frame of a server: whole and not masked. */
function frame(opcode: number, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x80 | opcode, payload.length]), payload]);
}
