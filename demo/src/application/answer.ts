import type { IncomingMessage, ServerResponse } from 'node:http';

/** Answers a request or returns false when it knows nothing about it. */
export type Answer = (request: IncomingMessage, response: ServerResponse, url: URL) => boolean;

/** Answers with JSON. */
export function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const body = `${JSON.stringify(value)}\n`;
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
