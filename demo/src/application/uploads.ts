import { createHash } from 'node:crypto';
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
