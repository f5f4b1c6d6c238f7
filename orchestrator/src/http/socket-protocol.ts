import type { IncomingMessage } from 'node:http';
import type { GraphQLError, ExecutionArgs, ExecutionResult } from 'graphql';
import { makeServer, type Context } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Logger } from '@culvert/runtime/log';
import type { Events, Graphql } from '../query/graphql.ts';
import { limitRefusal } from '../query/limit-refusal.ts';
import { readParameters } from './graphql-parameters.ts';
import { judgeToken, type Guard } from './guard.ts';
import type { Send } from './socket-flow.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { TransportLimits } from './transport-limits.ts';

/** What {@link createSocketProtocol} works with. */
export interface SocketProtocolOptions {
  readonly guard: Guard;
  readonly graphql: Graphql;
  readonly subscriptions: Subscriptions;
  readonly limits: TransportLimits;
  readonly log: Logger;
}

/** Speaks GraphQL on sockets. */
export interface SocketProtocol {
  /** Begins; the function that it returns must be told when the socket has closed. */
  opened(socket: WebSocket, send: Send, request: IncomingMessage): (code: number, reason: string) => void;
}

interface Extra {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
}

type SocketContext = Context<Record<string, unknown>, Extra>;

/** Puts the subprotocol `graphql-transport-ws` before {@link Graphql}. */
export function createSocketProtocol(options: SocketProtocolOptions): SocketProtocol {
  const { graphql, guard, limits, log, subscriptions } = options;

  const isKnown = ({ connectionParams, extra }: SocketContext): boolean => {
    // Judged at the upgrade already, if it came in the header.
    if (extra.request.headers.authorization !== undefined) return true;
    const { authorization, Authorization } = connectionParams ?? {};
    const token = authorization ?? Authorization;
    const headers = typeof token === 'string' ? { authorization: token } : {};
    return judgeToken(guard, { headers }) === undefined;
  };

  const prepare = (context: SocketContext, payload: unknown): ExecutionArgs | GraphQLError[] => {
    if (Object.keys(context.subscriptions).length > limits.maxSocketOperations)
      return [
        limitRefusal({
          code: 'TOO_MANY_OPERATIONS',
          message: 'This WebSocket has as many operations as it may',
          limit: 'CULVERT_MAX_SOCKET_OPERATIONS',
          allowed: limits.maxSocketOperations,
        }),
      ];
    const read = readParameters(payload);
    if (read.kind === 'refused') return [read.error];
    const prepared = graphql.prepare(read.request);
    return prepared.kind === 'refused' ? [...prepared.errors] : prepared.args;
  };

  const subscribe = async (args: ExecutionArgs) => {
    const events = await subscriptions.begin('websocket', () => graphql.subscribe(args));
    return Symbol.asyncIterator in events ? asGenerator(events) : events;
  };

  const server = makeServer<Record<string, unknown>, Extra>({
    connectionInitWaitTimeout: limits.initTimeoutMs,
    onConnect: (context) => {
      if (isKnown(context)) return true;
      // Unlike 4403, clients take this as final: another try with the same token is of no use.
      context.extra.socket.close(4401, 'Send the token as authorization in the payload of connection_init');
      return false;
    },
    onSubscribe: (context, _id, payload) => prepare(context, payload),
    execute: (args) => graphql.execute(args),
    subscribe,
  });

  return {
    opened(socket, send, request) {
      const closed = server.opened(
        {
          protocol: socket.protocol,
          send,
          close: (code, reason) => {
            socket.close(code, reason);
          },
          onMessage: (take) => {
            socket.on('message', (data: Buffer) => {
              take(data.toString()).catch((error: unknown) => {
                log.error({ err: error }, 'unexpected error with a WebSocket');
                socket.close(4500, 'Unexpected error');
              });
            });
          },
        },
        { socket, request },
      );
      return (code, reason) => {
        closed(code, reason).catch((error: unknown) => {
          log.error({ err: error }, 'unexpected error with a WebSocket that closed');
        });
      };
    },
  };
}

/** The library ends generators only. */
function asGenerator(events: Events): AsyncGenerator<ExecutionResult, undefined, undefined> {
  return {
    next: () => events.next(),
    return: () => events.return(),
    throw: () => events.return(),
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      await events.return();
    },
  };
}
