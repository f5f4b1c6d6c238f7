import { type Agent, request } from 'node:http';
import { ID_HEADER, type Sent } from './sent.ts';

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
  const headers = [
    ...['Host', `127.0.0.1:${port}`, 'User-Agent', 'culvert-demo', ID_HEADER, id],
    ...(plain.headers ?? []),
    ...(chunked ? ['Transfer-Encoding', 'chunked'] : []),
    ...(!chunked && pieces[0] ? ['Content-Length', String(pieces[0].length)] : []),
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
          status: response.statusCode ?? 0,
          requestBody: Buffer.concat(pieces),
          responseBody: Buffer.concat(received),
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
