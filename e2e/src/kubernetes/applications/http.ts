import { createServer, type Server } from 'node:http';
import { answer } from './answers.ts';
import { acceptWebSockets } from './websocket.ts';

/** The web application: answers, event streams and WebSockets. */
export function createWebApplication(): Server {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      answer(request, response, Buffer.concat(chunks));
      if (request.url === '/goodbye') response.once('close', () => process.exit(0));
    });
  });
  acceptWebSockets(server);
  return server;
}

if (import.meta.main) {
  const port = Number(process.env['PORT'] ?? 8080);
  createWebApplication().listen(port, () => {
    console.log(`listening on ${port}`);
  });
  // Who is asked to linger ends when it is asked for /goodbye, to have answered a request after its SIGTERM.
  process.on('SIGTERM', () => {
    console.log('terminating');
    if (process.env['LINGER'] === undefined) process.exit(0);
  });
}
