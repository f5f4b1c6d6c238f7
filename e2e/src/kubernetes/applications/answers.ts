import type { IncomingMessage, ServerResponse } from 'node:http';

/** Event streams that are open, by channel. */
const channels = new Map<string, ServerResponse>();

/**
 * Answers a request. Answers hold nothing that differs between two copies of the application, but those of `/facts`.
 *
 * @param body of the request, whole
 */
export function answer(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  response.sendDate = false;
  const url = new URL(request.url ?? '/', 'http://application');
  switch (url.pathname) {
    case '/facts':
      sendJson(response, {
        remoteAddress: request.socket.remoteAddress,
        localAddress: request.socket.localAddress,
        host: request.headers.host,
      });
      return;
    case '/chunked':
      sendChunks(response, request.httpVersion !== '1.0');
      return;
    case '/bytes':
      response.writeHead(200, { 'content-type': 'application/octet-stream' });
      response.end(Buffer.alloc(Number(url.searchParams.get('count') ?? 1024), 'Culvert. '));
      return;
    case '/events':
      if (request.method === 'POST') sendEvent(response, url, body);
      else openEvents(response, url);
      return;
    default:
      response.writeHead(Number(url.searchParams.get('status') ?? 200), {
        'content-type': 'text/plain',
        'x-method': request.method,
        'set-cookie': ['session=2f1c; Path=/', 'theme=dark'],
      });
      response.end(`${request.method} ${request.url}\n${body.toString('latin1').toUpperCase()}`);
  }
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

/** With a trailer where the framing has room for one. */
function sendChunks(response: ServerResponse, chunked: boolean): void {
  response.writeHead(200, { 'content-type': 'text/plain', ...(chunked && { trailer: 'x-lines' }) });
  for (let line = 1; line <= 40; line++) response.write(`line ${line}\n`);
  if (chunked) response.addTrailers({ 'x-lines': '40' });
  response.end();
}

/** The head comes at once; each event comes when somebody posts it. */
function openEvents(response: ServerResponse, url: URL): void {
  const channel = url.searchParams.get('channel') ?? '';
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.flushHeaders();
  channels.set(channel, response);
  response.once('close', () => channels.delete(channel));
}

/** Sends the posted text as an event; an empty one ends the stream. */
function sendEvent(response: ServerResponse, url: URL, body: Buffer): void {
  const stream = channels.get(url.searchParams.get('channel') ?? '');
  if (body.length === 0) stream?.end();
  else stream?.write(`data: ${body.toString()}\n\n`);
  response.writeHead(stream === undefined ? 404 : 204).end();
}
