import { gzipSync } from 'node:zlib';
import { sendJson, type Answer } from './answer.ts';

const ERRORS: Readonly<Record<string, readonly [number, string, Readonly<Record<string, string>>]>> = {
  '/private': [401, 'who are you?', { 'www-authenticate': 'Bearer' }],
  '/forbidden': [403, 'not for you', {}],
  '/limited': [429, 'slow down', { 'retry-after': '30' }],
  '/broken': [500, 'something broke', {}],
  '/busy': [503, 'come back later', { 'retry-after': '5' }],
};

const ETAG = '"v1"';

/** Pages whose answer never changes. */
export const answerFixed: Answer = (request, response, url) => {
  const error = ERRORS[url.pathname];
  if (error !== undefined) {
    sendJson(response, error[0], { error: error[1] }, error[2]);
    return true;
  }
  switch (url.pathname) {
    case '/':
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      response.end('<!doctype html><title>Sample shop</title><h1>Sample shop</h1>\n');
      return true;
    case '/moved':
      response.writeHead(301, { location: '/orders', 'content-length': 0 }).end();
      return true;
    case '/early':
      response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' }, () => {
        sendJson(response, 200, { hints: 'sent before' });
      });
      return true;
    case '/catalogue': {
      const body = gzipSync(
        JSON.stringify(Array.from({ length: 500 }, (_, n) => ({ n, name: `item ${n}` }))),
      );
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-encoding': 'gzip',
        'content-length': body.length,
      });
      response.end(body);
      return true;
    }
    case '/logo':
      if (request.headers['if-none-match'] === ETAG) response.writeHead(304, { etag: ETAG }).end();
      else {
        const body = Buffer.from(Array.from({ length: 2048 }, (_, n) => n % 256));
        response.writeHead(200, {
          'content-type': 'image/x-sample',
          etag: ETAG,
          'content-length': body.length,
        });
        response.end(body);
      }
      return true;
    case '/large':
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': 200 * 1024 });
      response.end(Buffer.alloc(200 * 1024, 'Culvert. '));
      return true;
    default:
      return false;
  }
};
