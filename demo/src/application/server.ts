import { createServer, type Server } from 'node:http';
import { sendJson, type Answer } from './answer.ts';
import { answerFixed } from './fixed-answers.ts';
import { answerOrders } from './orders.ts';
import { answerStreams } from './streams.ts';
import { answerUploads } from './uploads.ts';
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
  acceptTunnels(server);
  return server;
}
