import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { handleProtocols } from 'graphql-ws';
import type { Registry } from 'prom-client';
import { WebSocket, WebSocketServer } from 'ws';
import type { Logger } from '@culvert/runtime/log';
import type { Graphql } from '../query/graphql.ts';
import { createWebSocketMetrics } from './connection-metrics.ts';
import { failureBody, type Failure } from './failure.ts';
import { judgeSender, judgeToken, loggedRefusal, type Guard } from './guard.ts';
import { createSocketProtocol } from './socket-protocol.ts';
import { keepSocketAlive, throttle } from './socket-flow.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { TransportLimits } from './transport-limits.ts';

/** What {@link addWebSockets} works with. */
export interface WebSocketOptions {
  readonly guard: Guard;
  readonly graphql: Graphql;
  readonly subscriptions: Subscriptions;
  readonly limits: TransportLimits;
  readonly maxMessageBytes: number;
  readonly log: Logger;
  readonly registry: Registry;
}

/** The WebSockets of a server. */
export interface WebSockets {
  /** Tells all clients to go elsewhere, and takes no new ones. */
  stop(): void;
  /** Cuts those that are left. */
  terminate(): void;
}

/** Why a socket is closed, where the library says the number alone. */
function reasons(maxMessageBytes: number): ReadonlyMap<number, string> {
  return new Map([[1009, `CULVERT_MAX_REQUEST_BYTES allows ${maxMessageBytes} bytes`]]);
}

/**
 * Serves GraphQL by WebSocket at `/graphql`, in the subprotocol `graphql-transport-ws`. Who may not ask is refused
 * before there is a WebSocket; a token may also come in the first message, as browsers can't set headers.
 */
export function addWebSockets(server: Server, options: WebSocketOptions): WebSockets {
  const { guard, limits, log, maxMessageBytes } = options;
  const why = reasons(maxMessageBytes);
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
    // Answered by throttle, which bounds the answers that wait.
    autoPong: false,
    WebSocket: class extends WebSocket {
      override close(code?: number, reason?: string | Buffer): void {
        super.close(code, reason ?? why.get(code ?? 0));
      }
    },
  });
  const open = createWebSocketMetrics(options.registry);
  const protocol = createSocketProtocol(options);
  let stopping = false;

  const judge = (request: IncomingMessage): Failure | undefined => {
    if (stopping) return { status: 503, body: failureBody('SHUTTING_DOWN', 'This process ends.') };
    if (URL.parse(request.url ?? '', 'http://culvert')?.pathname !== '/graphql')
      return { status: 404, body: failureBody('NOT_FOUND', 'Try /graphql.') };
    const failure = judgeSender(guard, request.headers, false);
    if (failure !== undefined) return failure;
    const refused = request.headers.authorization === undefined ? undefined : judgeToken(guard, request);
    if (refused !== undefined) return refused;
    if (sockets.clients.size < limits.maxSubscriptions) return undefined;
    const allowed = limits.maxSubscriptions;
    return {
      status: 503,
      body: failureBody(
        'TOO_MANY_WEBSOCKETS',
        `This process has as many WebSockets as it may; CULVERT_MAX_SUBSCRIPTIONS allows ${allowed}.`,
        { limit: 'CULVERT_MAX_SUBSCRIPTIONS', allowed },
      ),
    };
  };

  server.on('upgrade', (request: IncomingMessage, connection: Duplex, head: Buffer) => {
    const failure = judge(request);
    if (failure !== undefined) {
      if (failure.status === 403) log.warn({ refused: loggedRefusal(failure) }, 'WebSocket refused');
      refuse(connection, failure);
      return;
    }
    sockets.handleUpgrade(request, connection, head, (socket) => {
      open.inc();
      socket.on('error', (error) => {
        log.debug({ err: error }, 'a WebSocket broke');
      });
      const closed = protocol.opened(socket, throttle(socket, connection), request);
      const endSigns = keepSocketAlive(socket, limits.keepAliveMs);
      socket.once('close', (code, reason) => {
        open.dec();
        endSigns();
        closed(code, reason.toString());
      });
    });
  });

  return {
    stop() {
      stopping = true;
      for (const socket of sockets.clients) socket.close(1001, 'This process ends');
    },
    terminate() {
      for (const socket of sockets.clients) socket.terminate();
    },
  };
}

/** Answers an upgrade by a plain response. */
function refuse(connection: Duplex, { status, body, headers }: Failure): void {
  const text = JSON.stringify(body);
  const lines = {
    connection: 'close',
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(text)),
    ...headers,
  };
  const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
  connection.on('error', () => undefined);
  connection.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join('')}\r\n${text}`, () => {
    connection.destroy();
  });
}
