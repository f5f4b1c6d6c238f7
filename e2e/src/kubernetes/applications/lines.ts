import { createServer, type Server } from 'node:net';

const GREETING = '220 mail.example ready\r\n';

/** Speaks first, as mail servers and many databases do; then every line comes back in upper case. */
export function createGreetingApplication(): Server {
  return createServer((socket) => {
    socket.on('error', () => undefined); // the other side may leave as it likes
    socket.write(GREETING);
    socket.on('data', (chunk: Buffer) => socket.write(chunk.toString('latin1').toUpperCase()));
    socket.on('end', () => socket.end());
  });
}

/** Waits for the client to speak, as other databases do; then the same. */
export function createQueryApplication(): Server {
  return createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => socket.write(chunk.toString('latin1').toUpperCase()));
    socket.on('end', () => socket.end());
  });
}
