import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request that a peer got. */
export interface PeerRequest {
  readonly authorization: string | undefined;
  readonly accept: string | undefined;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Something that answers in the place of an orchestrator, as badly as a test wants. */
export interface Peer {
  readonly url: string;
  readonly requests: PeerRequest[];
  close(): Promise<void>;
}

/** Starts one on 127.0.0.1; `answer` may do whatever it likes with the response. */
export async function startPeer(
  answer: (response: ServerResponse, request: PeerRequest, count: number) => void,
): Promise<Peer> {
  const requests: PeerRequest[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = JSON.parse(await text(request)) as Pick<PeerRequest, 'query' | 'variables'>;
    const { authorization, accept } = request.headers;
    const received = { ...body, authorization, accept };
    requests.push(received);
    answer(response, received, requests.length);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** Answers with JSON. */
export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
