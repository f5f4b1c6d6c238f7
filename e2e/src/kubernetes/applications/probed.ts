import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:net';
import { createGrpcApplication } from './grpc.ts';
import { createQueryApplication } from './lines.ts';

/**
 * An application that is probed on PORT and told on CONTROL_PORT what to become: `/break` makes it deaf, as a process
 * that has stopped to listen is; `/start` ends its slow start.
 */
const HEALTHY = '/tmp/healthy';
const kind = process.env['KIND'] ?? 'http';
let starting = kind === 'startup';

const server = createProbed();
server.listen(Number(process.env['PORT']));
if (!starting) writeFileSync(HEALTHY, '');

createServer((request, response) => {
  if (request.url === '/start') starting = false;
  if (request.url === '/break') {
    server.close();
    rmSync(HEALTHY, { force: true });
  }
  response.end(`${kind}: ${request.url} ${existsSync(HEALTHY)}\n`);
}).listen(Number(process.env['CONTROL_PORT']), () => {
  console.log(`${kind} is probed`);
});
process.on('SIGTERM', () => process.exit(0));

function createProbed(): Server {
  if (kind === 'grpc') return createGrpcApplication();
  if (kind === 'tcp') return createQueryApplication();
  return createServer((_request, response) => {
    // The kubelet keeps no connection, and neither must the closed server.
    response.writeHead(starting ? 503 : 200, { connection: 'close' }).end();
  });
}
