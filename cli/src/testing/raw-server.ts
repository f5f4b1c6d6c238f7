import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A request as its bytes came in, read as latin1. */
export interface RawRequest {
  readonly line: string;
  readonly fields: readonly string[];
  readonly body: Buffer;
}

/** A server that takes one request a connection, keeps its bytes and answers with nothing. */
export interface RawServer {
  readonly port: number;
  readonly requests: RawRequest[];
  close(): Promise<void>;
}

/** Starts one on 127.0.0.1. It understands Content-Length only. */
export async function startRawServer(): Promise<RawServer> {
  const requests: RawRequest[] = [];
  const server = createServer((socket) => {
    let bytes = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      const request = parse(bytes);
      if (request === undefined) return;
      requests.push(request);
      socket.end('HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  };
}

function parse(bytes: Buffer): RawRequest | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [line = '', ...fields] = bytes.toString('latin1', 0, end).split('\r\n');
  const length = Number(
    fields.map((field) => /^content-length: (\d+)$/i.exec(field)?.[1]).find(Boolean) ?? 0,
  );
  const body = bytes.subarray(end + 4);
  return body.length < length ? undefined : { line, fields, body };
}
