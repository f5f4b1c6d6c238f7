import type { IncomingMessage } from 'node:http';
import { WebSocket, type ClientOptions } from 'ws';

/** A WebSocket of a client that keeps to no protocol unless a test makes it. */
export interface RawSocket {
  readonly socket: WebSocket;
  /** The messages so far. */
  readonly messages: Record<string, unknown>[];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly send: (message: unknown) => void;
  /** Says who it is, as every client must first, and resolves with the answer or the end. */
  readonly init: (payload?: unknown) => Promise<void>;
  readonly subscribe: (id: string, query: string, variables?: unknown) => void;
}

/** Opens a WebSocket. @throws Error with the status when the upgrade is refused */
export function openRawSocket(
  address: string,
  options: ClientOptions & { readonly path?: string; readonly protocol?: string } = {},
): Promise<RawSocket> {
  const { path = '/graphql', protocol = 'graphql-transport-ws', ...more } = options;
  const socket = new WebSocket(`ws://${address}${path}`, protocol, more);
  const messages: Record<string, unknown>[] = [];
  socket.on('message', (data: Buffer) => {
    messages.push(JSON.parse(data.toString()) as Record<string, unknown>);
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => {
      resolve({ code, reason: reason.toString() });
    });
  });
  const send = (message: unknown): void => {
    socket.send(JSON.stringify(message));
  };
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('open', () => {
      resolve({
        socket,
        messages,
        closed,
        send,
        init: async (payload) => {
          const answered = new Promise<void>((resolve) => {
            socket.once('message', () => {
              resolve();
            });
          });
          send({ type: 'connection_init', payload });
          await Promise.race([answered, closed]);
        },
        subscribe: (id, query, variables) => {
          send({ id, type: 'subscribe', payload: { query, variables } });
        },
      });
    });
  });
}

/** The answer to an upgrade that must be refused. */
export function refusedUpgrade(
  address: string,
  options: ClientOptions & { readonly path?: string } = {},
): Promise<{ readonly status: number | undefined; readonly body: string }> {
  const { path = '/graphql', ...more } = options;
  const socket = new WebSocket(`ws://${address}${path}`, 'graphql-transport-ws', more);
  return new Promise((resolve, reject) => {
    socket.once('open', () => {
      socket.terminate();
      reject(new Error('the upgrade was not refused'));
    });
    socket.once('unexpected-response', (_request, response: IncomingMessage) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => (body += piece));
      response.on('end', () => {
        resolve({ status: response.statusCode, body });
      });
    });
  });
}
