import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KeyAndCertificate } from '../certificates/source.ts';
import { readReview } from '../inject/review.ts';
import { handle, type WebhookParts } from './handle.ts';
import { readBody } from './read-body.ts';

/** An object has 1.5 MiB in etcd, but twice that and more as JSON. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** The API server keeps idle connections for 90 s: longer, so that it never sends into one that is closing. */
const KEEP_ALIVE_MS = 120_000;

/** The webhook while it listens. */
export interface WebhookServer {
  readonly port: number;
  /** New connections are made with this certificate; open ones go on as they are. Without any, none are made. */
  serve(certificate: KeyAndCertificate): void;
  /** Takes no new requests, and resolves when the last has been answered. */
  close(): Promise<void>;
}

/** Serves POST /inject over TLS. */
export async function startWebhook(
  options: WebhookParts & { readonly host?: string; readonly port: number },
): Promise<WebhookServer> {
  let closing = false;
  const server = createServer(
    { minVersion: 'TLSv1.2', keepAliveTimeout: KEEP_ALIVE_MS },
    (request, response) => {
      if (closing) response.setHeader('connection', 'close');
      answerTo(request, response, options).catch((error: unknown) => {
        options.log.warn({ err: error }, 'a request broke off');
        response.destroy();
      });
    },
  );
  server.requestTimeout = 30_000;
  // Scanners and clients without trust are no news; the API server's own trouble shows in its log.
  server.on('tlsClientError', (error) => {
    options.log.debug({ err: error }, 'a TLS handshake failed');
  });
  await listen(server, options.port, options.host);
  return {
    port: (server.address() as AddressInfo).port,
    serve({ certificate, key }) {
      server.setSecureContext({ cert: certificate, key, minVersion: 'TLSv1.2' });
    },
    close() {
      closing = true;
      return new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeIdleConnections();
      });
    },
  };
}

async function answerTo(
  request: IncomingMessage,
  response: ServerResponse,
  parts: WebhookParts,
): Promise<void> {
  if (request.url?.split('?')[0] !== '/inject') return refuse(response, 404, 'the path is /inject');
  if (request.method !== 'POST') return refuse(response, 405, 'the method is POST');
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? ''))
    return refuse(response, 415, 'the content type must be application/json');
  const text = await readBody(request, MAX_BODY_BYTES);
  if (text === undefined) return refuse(response, 413, `the body may have ${MAX_BODY_BYTES} bytes`);
  let review;
  try {
    review = readReview(text);
  } catch (error) {
    return refuse(response, 400, error instanceof Error ? error.message : String(error));
  }
  const body = JSON.stringify(await handle(review, parts));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

/** The body of the request may be unread, so the connection can't be used again. */
function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'text/plain', connection: 'close' });
  response.end(`${message}\n`);
}

function listen(server: Server, port: number, host: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, ...(host !== undefined && { host }) }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
