import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendJson, type Answer } from './answer.ts';

/** `/uploads` takes any body in any framing, `/login` takes a form and sets two cookies. */
export const answerUploads: Answer = (request, response, url) => {
  if (url.pathname !== '/uploads' && url.pathname !== '/login') return false;
  const hash = createHash('sha256');
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    hash.update(chunk);
    bytes += chunk.length;
  });
  request.once('end', () => {
    if (url.pathname === '/uploads') {
      sendJson(response, 200, { bytes, sha256: hash.digest('hex'), trailers: request.trailers });
      return;
    }
    response.writeHead(303, {
      location: '/orders',
      'set-cookie': ['session=2f1c; HttpOnly; Path=/', 'theme=dark; Path=/'],
      'content-length': 0,
    });
    response.end();
  });
  return true;
};

/** Refuses what strangers want to send below `/members/` before they send it; false for everything else. */
export function refuseUnread(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.url?.startsWith('/members/') !== true) return false;
  response.statusMessage = 'Members only, please';
  sendJson(response, 401, { error: 'who are you?' }, { 'www-authenticate': 'Bearer', connection: 'close' });
  return true;
}
