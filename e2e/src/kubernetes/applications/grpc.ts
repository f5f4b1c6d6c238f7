import { createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2';

/** Field 1 as a varint: `HealthCheckResponse {status: SERVING}`. */
const SERVING = Buffer.from([0x08, 0x01]);
const PREFIX_BYTES = 5;

/** A message as gRPC carries it: not compressed, its length before it. */
export function frameMessage(message: Buffer): Buffer {
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** The messages of a whole stream. */
export function unframeMessages(bytes: Buffer): Buffer[] {
  const messages: Buffer[] = [];
  for (let at = 0; at + PREFIX_BYTES <= bytes.length;) {
    const end = at + PREFIX_BYTES + bytes.readUInt32BE(at + 1);
    messages.push(bytes.subarray(at + PREFIX_BYTES, end));
    at = end;
  }
  return messages;
}

/**
 * A gRPC server over HTTP/2 without TLS: `grpc.health.v1.Health/Check`, which the kubelet calls, and a method that
 * sends every message back, one reply for each.
 */
export function createGrpcApplication(): Http2Server {
  const server = createServer();
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    const chunks: Buffer[] = [];
    stream.on('error', () => undefined); // the other side may leave as it likes
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.once('end', () => {
      const health = headers[':path'] === '/grpc.health.v1.Health/Check';
      const replies = health ? [SERVING] : unframeMessages(Buffer.concat(chunks));
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.once('wantTrailers', () => {
        stream.sendTrailers({ 'grpc-status': '0' });
      });
      for (const reply of replies) stream.write(frameMessage(reply));
      stream.end();
    });
  });
  return server;
}
