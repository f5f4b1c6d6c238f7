import { connect, type IncomingHttpHeaders } from 'node:http2';
import { frameMessage, unframeMessages } from '../grpc.ts';

/** Messages to stream to the application's echo, over one connection with all calls at once. */
export interface GrpcCall {
  readonly host: string;
  readonly port: number;
  readonly calls: readonly (readonly string[])[];
}

/** What one call was answered. */
export interface GrpcAnswer {
  readonly replies: readonly string[];
  /** From the trailers; `0` is OK. */
  readonly status: string;
}

export async function callEcho({ host, port, calls }: GrpcCall): Promise<GrpcAnswer[]> {
  const session = connect(`http://${host}:${port}`);
  try {
    return await Promise.all(
      calls.map(
        (messages) =>
          new Promise<GrpcAnswer>((resolve, reject) => {
            session.once('error', reject);
            const stream = session.request({
              ':method': 'POST',
              ':path': '/culvert.test.Echo/Stream',
              'content-type': 'application/grpc',
              te: 'trailers',
            });
            const chunks: Buffer[] = [];
            let status = 'none';
            stream.once('error', reject);
            stream.once('trailers', (trailers: IncomingHttpHeaders) => {
              status = String(trailers['grpc-status']);
            });
            stream.on('data', (chunk: Buffer) => chunks.push(chunk));
            stream.once('end', () => {
              const replies = unframeMessages(Buffer.concat(chunks)).map((message) => message.toString());
              resolve({ replies, status });
            });
            for (const message of messages) stream.write(frameMessage(Buffer.from(message)));
            stream.end();
          }),
      ),
    );
  } finally {
    session.close();
  }
}
