import { type Agent, request } from 'node:http';
import { ID_HEADER, type Field, type Sent } from './sent.ts';

/** A request that an ordinary client can send. */
export interface PlainRequest {
  readonly method: string;
  readonly target: string;
  /** Name, value, name, value, … so that names may repeat. */
  readonly headers?: readonly string[];
  /** One piece is sent with Content-Length, several as chunks. */
  readonly body?: readonly Buffer[];
  /** Sent after the last chunk. */
  readonly trailers?: readonly [string, string][];
}

/**
 * Sends a request and reads the whole response.
 *
 * @param port of 127.0.0.1
 */
export function sendPlain(port: number, agent: Agent, plain: PlainRequest, id: string): Promise<Sent> {
  const pieces = plain.body ?? [];
  const chunked = pieces.length > 1 || plain.trailers !== undefined;
  const body = Buffer.concat(pieces);
  // With connection and framing among them, Node adds no fields of its own.
  const headers = [
    ...['Host', `127.0.0.1:${port}`, 'User-Agent', 'culvert-demo', ID_HEADER, id],
    ...(plain.headers ?? []),
    ...['Connection', 'keep-alive'],
    ...(chunked ? ['Transfer-Encoding', 'chunked'] : []),
    ...(!chunked && plain.body ? ['Content-Length', String(body.length)] : []),
  ];
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: '127.0.0.1',
      port,
      agent,
      method: plain.method,
      path: plain.target,
      headers,
    });
    outgoing.once('error', reject);
    outgoing.once('response', (response) => {
      const received: Buffer[] = [];
      response.on('data', (chunk: Buffer) => received.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        resolve({
          id,
          method: plain.method,
          target: plain.target,
          request: {
            version: '1.1',
            headers: pairs(headers),
            trailers: plain.trailers ?? null,
            body,
            end: 'whole',
          },
          response: {
            version: response.httpVersion,
            status: response.statusCode ?? 0,
            reason: response.statusMessage ?? '',
            headers: pairs(response.rawHeaders),
            trailers: response.rawTrailers.length === 0 ? null : pairs(response.rawTrailers),
            body: Buffer.concat(received),
            end: 'whole',
          },
          state: 'COMPLETE',
        });
      });
    });
    const sendBody = (): void => {
      if (plain.trailers) outgoing.addTrailers(plain.trailers);
      for (const piece of pieces) outgoing.write(piece);
      outgoing.end();
    };
    if (plain.headers?.includes('100-continue') === true) outgoing.once('continue', sendBody).flushHeaders();
    else sendBody();
  });
}

function pairs(flat: readonly string[]): Field[] {
  return Array.from({ length: flat.length / 2 }, (_, n) => [flat[2 * n] ?? '', flat[2 * n + 1] ?? '']);
}
