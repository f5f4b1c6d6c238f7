import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An application behind the sidecar. */
export interface Application {
  readonly port: number;
  close(): Promise<void>;
}

/** Answers every request with its own body, in upper case, or with `ok`; its path chooses the status by `?status=`. */
export async function startApplication(): Promise<Application> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://application');
      const body = Buffer.concat(chunks).toString('latin1').toUpperCase();
      response.writeHead(Number(url.searchParams.get('status') ?? 200), { 'x-answer': 'yes' });
      response.end(body === '' ? 'ok' : body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
