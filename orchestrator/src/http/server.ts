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
import type { HealthReport } from '../health/report.ts';
import type { Graphql } from '../query/graphql.ts';
import { clientFailure, failureBody } from './failure.ts';
import { graphiqlPage, PAGE_POLICY } from './graphiql-page.ts';
import { addGuard, type Guard } from './guard.ts';
import { addHttpMetrics } from './http-metrics.ts';

/** What {@link startApiServer} needs. */
export interface ApiServerOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly guard: Guard;
  readonly graphql: Graphql;
  readonly health: () => Promise<HealthReport>;
  readonly maxRequestBytes: number;
  readonly requestTimeoutMs: number;
  readonly log: Logger;
  readonly registry: Registry;
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
  });
  server.server.headersTimeout = Math.min(10_000, options.requestTimeoutMs);

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
  addFailures(server);
  addHttpMetrics(server, options.registry);
  addGuard(server, options.guard);
  addRoutes(server, options);

  await server.listen({ host: options.host, port: options.port, listenTextResolver: () => 'api listens' });
  return {
    port: (server.server.address() as AddressInfo).port,
    stopAccepting: () => {
      stopping = true;
      return server.close();
    },
    terminate: () => {
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
  server.get('/', { config: { open: true } }, (_request, reply) => reply.redirect('/graphql', 302));
  server.get('/graphql', { config: { open: true } }, async (request, reply) => {
    if (request.headers.accept?.includes('text/html') !== true)
      return reply
        .code(405)
        .header('allow', 'POST')
        .send(
          failureBody('METHOD_NOT_ALLOWED', 'Send queries by POST; a browser finds the playground here.'),
        );
    return reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', PAGE_POLICY)
      .header('referrer-policy', 'no-referrer')
      .send(await graphiqlPage());
  });
  server.post('/graphql', async (request, reply) => {
    const accept = request.headers.accept ?? 'application/json';
    const response = await options.graphql.fetch('http://culvert/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body: typeof request.body === 'string' ? request.body : '',
    });
    if (response.status === 406)
      return reply
        .code(406)
        .send(failureBody('NOT_ACCEPTABLE', 'Accept application/json, for subscriptions text/event-stream.'));
    // Nothing else comes on a connection that had a stream; left open, it would be waited for at shutdown.
    if (response.headers.get('content-type')?.startsWith('text/event-stream') === true)
      response.headers.set('connection', 'close');
    return reply.send(response);
  });
  server.get('/health/detailed', async (_request, reply) => {
    const report = await options.health();
    return reply.code(report.status === 'ok' ? 200 : 503).send(report);
  });
}

function addFailures(server: FastifyInstance): void {
  server.setNotFoundHandler((_request, reply) =>
    reply.code(404).send(failureBody('NOT_FOUND', 'Try /graphql or /health/detailed.')),
  );
  server.setErrorHandler((error: FastifyError, request, reply) => {
    const failure = clientFailure(error.code);
    if (failure !== undefined) return reply.code(failure.status).send(failure.body);
    const id = randomUUID();
    request.log.error({ id, err: error }, 'unexpected error in a request');
    return reply.code(500).send(failureBody('INTERNAL', `Unexpected error. The log has it under ${id}.`, id));
  });
}
