import { readFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { answer } from './answers.ts';
import { createGrpcApplication } from './grpc.ts';
import { createWebApplication } from './http.ts';
import { createGreetingApplication, createQueryApplication } from './lines.ts';

// One process that speaks everything that must pass unharmed. Ports are fixed: the manifests name them.
const certificates = process.env['TLS_DIRECTORY'] ?? '/tls';

createWebApplication().listen(8080);
// Remote callers can't reach this one, whatever stands in between.
createWebApplication().listen(8081, '127.0.0.1');
createGrpcApplication().listen(50051);
createGreetingApplication().listen(9000);
createQueryApplication().listen(5432);
createTlsServer(
  { cert: readFileSync(`${certificates}/tls.crt`), key: readFileSync(`${certificates}/tls.key`) },
  (request, response) => {
    answer(request, response, Buffer.alloc(0));
  },
).listen(8443, () => {
  console.log('listening');
});
process.on('SIGTERM', () => process.exit(0));
