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

/** Starts one on 127.0.0.1. Bodies end by Content-Length or with the last chunk; chunks are put together. */
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
  const rest = bytes.subarray(end + 4);
  if (fields.some((field) => /^transfer-encoding:.*chunked/i.test(field))) {
    const body = withoutChunks(rest);
    return body && { line, fields, body };
  }
  const length = Number(
    fields.map((field) => /^content-length: *(\d+)$/i.exec(field)?.[1]).find(Boolean) ?? 0,
  );
  return rest.length < length ? undefined : { line, fields, body: rest };
}

/** The body that chunks make (RFC 9112 §7.1); undefined while the last one is missing. */
function withoutChunks(bytes: Buffer): Buffer | undefined {
  const parts: Buffer[] = [];
  let position = 0;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', position);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', position, lineEnd), 16);
    const from = lineEnd + 2;
    if (bytes.length < from + size + 2) return undefined;
    if (size === 0) return Buffer.concat(parts);
    parts.push(bytes.subarray(from, from + size));
    position = from + size + 2;
  }
}
