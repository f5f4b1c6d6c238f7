import type { ServerResponse } from 'node:http';
import type { Answer } from './answer.ts';

/** Answers that take their time, `/report`, `/events`, `/slow` and `/endless`, and `/broken-off`. */
export const answerStreams: Answer = (request, response, url) => {
  request.resume();
  switch (url.pathname) {
    case '/report':
      sendReport(response);
      return true;
    case '/events':
      sendEvents(response, Number(url.searchParams.get('count') ?? 10), 200);
      return true;
    case '/slow':
      setTimeout(
        () => {
          response.setHeader('content-type', 'text/plain');
          response.end('at last\n');
        },
        Math.min(Number(url.searchParams.get('ms') ?? 500), 10_000),
      );
      return true;
    case '/broken-off':
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 1_000 });
      response.write('only this much', () => response.destroy());
      return true;
    case '/endless':
      sendEvents(response, Number.MAX_SAFE_INTEGER, 20);
      return true;
    default:
      return false;
  }
};

// Chunks of different sizes and a trailer that could not be known before; up to the connection's end for HTTP/1.0.
function sendReport(response: ServerResponse): void {
  const chunked = response.req.httpVersion !== '1.0';
  response.writeHead(200, { 'content-type': 'text/csv', ...(chunked && { trailer: 'X-Rows' }) });
  response.write('day,orders\n');
  for (let day = 1; day <= 30; day++) response.write(`2026-11-${String(day).padStart(2, '0')},${day * 7}\n`);
  if (chunked) response.addTrailers({ 'X-Rows': '30' });
  response.end();
}

function sendEvents(response: ServerResponse, count: number, everyMs: number): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  let sent = 0;
  const send = (): void => {
    sent++;
    response.write(`id: ${sent}\nevent: order\ndata: {"order":${sent}}\n\n`);
    if (sent >= count) {
      clearInterval(timer);
      response.end();
    }
  };
  const timer = setInterval(send, everyMs);
  response.once('close', () => {
    clearInterval(timer);
  });
  send();
}
