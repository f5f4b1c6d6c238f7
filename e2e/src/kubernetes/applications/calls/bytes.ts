import { connect } from 'node:net';

/** Requests to send as they are, each on a connection of its own. Bytes are base64. */
export interface BytesCall {
  readonly host: string;
  readonly port: number;
  readonly requests: readonly string[];
}

/** Everything that came back on each connection, or the error's code. */
export async function sendBytes({ host, port, requests }: BytesCall): Promise<string[]> {
  const answers: string[] = [];
  for (const request of requests) {
    answers.push(await sendOne(host, port, Buffer.from(request, 'base64')));
  }
  return answers;
}

function sendOne(host: string, port: number, request: Buffer): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect({ host, port, timeout: 20_000 }, () => socket.write(request));
    const finish = (outcome: string): void => {
      socket.destroy();
      resolve(outcome);
    };
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.once('end', () => {
      finish(Buffer.concat(chunks).toString('base64'));
    });
    socket.once('timeout', () => {
      finish(`timeout after ${Buffer.concat(chunks).length} bytes`);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      finish(error.code ?? error.message);
    });
  });
}
