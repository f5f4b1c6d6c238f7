import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { sendJson, type Answer } from './answer.ts';
import { answerFixed } from './fixed-answers.ts';
import { answerOrders } from './orders.ts';
import { answerStreams } from './streams.ts';
import { answerUploads, refuseUnread } from './uploads.ts';
import { acceptTunnels } from './tunnels.ts';

const answers: readonly Answer[] = [answerOrders, answerUploads, answerStreams, answerFixed];

/** A small shop that shows what HTTP/1.1 can do. */
export function createApplication(): Server {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://shop.local');
    if (request.method === 'OPTIONS') {
      response.writeHead(204, { allow: 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS' }).end();
      return;
    }
    if (answers.some((answer) => answer(request, response, url))) return;
    sendJson(response, 404, { error: `there is nothing at ${url.pathname}` });
  });
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (refuseUnread(request, response)) return;
    response.writeContinue();
    server.emit('request', request, response);
  });
  acceptTunnels(server);
  return server;
}
