import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import {
  fastify,
  LogController,
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
} from 'fastify';
import type { Registry } from 'prom-client';
import type { Logger } from '@culvert/runtime/log';
import { noTracing, type Tracing } from '@culvert/runtime/tracing/tracing';
import type { HealthReport } from '../health/report.ts';
import type { Graphql } from '../query/graphql.ts';
import { clientFailure, failureBody } from './failure.ts';
import { addGraphqlRoutes } from './graphql-routes.ts';
import { addGuard, type Guard } from './guard.ts';
import { addHttpMetrics } from './http-metrics.ts';
import { addRequestContext } from './request-context.ts';
import { createSubscriptions } from './subscriptions.ts';
import { DEFAULT_TRANSPORT_LIMITS, type TransportLimits } from './transport-limits.ts';
import { trackUnusedConnections } from './unused-connections.ts';
import { addWebSockets } from './websocket.ts';

/** What {@link startApiServer} needs. */
export interface ApiServerOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly guard: Guard;
  readonly graphql: Graphql;
  /** Whether browsers find the playground; unless it says so, they do. */
  readonly graphiql?: boolean;
  readonly limits?: Partial<TransportLimits>;
  readonly health: () => Promise<HealthReport>;
  readonly maxRequestBytes: number;
  readonly requestTimeoutMs: number;
  readonly log: Logger;
  readonly registry: Registry;
  readonly tracing?: Tracing;
}

/** The listening server of GraphQL and REST. */
export interface ApiServer {
  readonly port: number;
  /** Takes no more connections and requests. Resolves when the last request has been answered. */
  stopAccepting(): Promise<void>;
  /** Cuts every connection that is left. */
  terminate(): void;
}

const JSON_TYPES = ['application/json', 'application/graphql+json'];

/** Starts the server. @throws Error with code EADDRINUSE when the port is taken */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const log: FastifyBaseLogger = options.log;
  const server: FastifyInstance = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: () => randomUUID(),
    bodyLimit: options.maxRequestBytes,
    requestTimeout: options.requestTimeoutMs,
    forceCloseConnections: 'idle',
    // Other upgrades are offers that a server may pass over (RFC 9110 §7.8): curl makes one for HTTP/2.
    http: { shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket' },
  });
  server.server.headersTimeout = Math.min(10_000, options.requestTimeoutMs);

  const closeUnused = trackUnusedConnections(server.server);

  // JSON alone: the types that a form of a foreign page can send don't get past this.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(JSON_TYPES, { parseAs: 'string' }, (_request, body, done) => {
    done(null, body);
  });
  // A connection that stayed open after its last answer would be waited for.
  let stopping = false;
  server.addHook('onSend', (_request, reply, _payload, done) => {
    if (stopping) void reply.header('connection', 'close');
    done();
  });
  addFailures(server, options.maxRequestBytes);
  addRequestContext(server, options.tracing ?? noTracing);
  addHttpMetrics(server, options.registry);
  addGuard(server, options.guard);
  addRoutes(server, options);
  const limits = { ...DEFAULT_TRANSPORT_LIMITS, ...options.limits };
  const subscriptions = createSubscriptions(limits.maxSubscriptions, options.registry);
  const { graphql, graphiql = true } = options;
  addGraphqlRoutes(server, { graphql, graphiql, subscriptions, keepAliveMs: limits.keepAliveMs });
  const sockets = addWebSockets(server.server, {
    guard: options.guard,
    graphql,
    subscriptions,
    limits,
    maxMessageBytes: options.maxRequestBytes,
    log: options.log,
    registry: options.registry,
  });

  await server.listen({ host: options.host, port: options.port, listenTextResolver: () => 'api listens' });
  return {
    port: (server.server.address() as AddressInfo).port,
    stopAccepting: () => {
      stopping = true;
      sockets.stop();
      subscriptions.endAll();
      closeUnused();
      return server.close();
    },
    terminate: () => {
      sockets.terminate();
      server.server.closeAllConnections();
    },
  };
}

function addRoutes(server: FastifyInstance, options: ApiServerOptions): void {
  server.addHook('onSend', (request, reply, _payload, done) => {
    void reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
    if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-store');
    done();
  });
  server.get('/', { config: { open: () => true } }, (_request, reply) => reply.redirect('/graphql', 302));
  server.get('/health/detailed', async (_request, reply) => {
    const report = await options.health();
    return reply.code(report.status === 'ok' ? 200 : 503).send(report);
  });
}

function addFailures(server: FastifyInstance, maxRequestBytes: number): void {
  server.setNotFoundHandler((_request, reply) =>
    reply.code(404).send(failureBody('NOT_FOUND', 'Try /graphql or /health/detailed.')),
  );
  server.setErrorHandler((error: FastifyError, request, reply) => {
    const failure = clientFailure(error.code, maxRequestBytes);
    if (failure !== undefined) return reply.code(failure.status).send(failure.body);
    const id = randomUUID();
    request.log.error({ id, err: error }, 'unexpected error in a request');
    return reply
      .code(500)
      .send(failureBody('INTERNAL', `Unexpected error. The log has it under ${id}.`, { id }));
  });
}
