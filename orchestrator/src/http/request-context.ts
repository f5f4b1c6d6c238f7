import type { FastifyInstance, FastifyRequest } from 'fastify';
import { withLogFields, type LogFields } from '@culvert/runtime/log-context';
import { readTraceParent } from '@culvert/runtime/tracing/trace-parent';
import type { Span, Tracing } from '@culvert/runtime/tracing/tracing';
import { knownMethod } from '../known-method.ts';

interface RequestContext {
  readonly span: Span;
  readonly fields: LogFields;
}

/**
 * Makes a span of each request, a child of the caller's if it sent a `traceparent`, and puts the ids of request and
 * trace on each line that is logged for it. Must come before all that logs.
 */
export function addRequestContext(server: FastifyInstance, tracing: Tracing): void {
  const contexts = new WeakMap<FastifyRequest, RequestContext>();
  const within = (request: FastifyRequest, done: () => void): void => {
    const context = contexts.get(request);
    if (context === undefined) done();
    else withLogFields(context.fields, () => tracing.within(context.span, done));
  };

  server.addHook('onRequest', (request, reply, done) => {
    // Several lines are none: joined, they could still look like one of a later version.
    const [header, ...others] = request.raw.headersDistinct['traceparent'] ?? [];
    const caller = readTraceParent(others.length === 0 ? header : undefined);
    // Routes as declared: callers choose paths.
    const route = request.routeOptions.url;
    const method = knownMethod(request.method);
    const span = tracing.start(route === undefined ? method : `${method} ${route}`, {
      kind: 'server',
      parent: caller ?? null,
      attributes: {
        'http.request.method': method,
        'http.route': route,
        'url.path': route,
        'url.scheme': request.protocol,
        'network.protocol.version': request.raw.httpVersion,
        'culvert.request.id': request.id,
      },
    });
    const trace = { trace_id: span.place?.traceId ?? caller?.traceId, span_id: span.place?.spanId };
    if (trace.trace_id !== undefined) request.log = reply.log = request.log.child(trace);
    contexts.set(request, { span, fields: { requestId: request.id, ...trace } });
    reply.raw.once('close', () => {
      const { statusCode, writableFinished } = reply.raw;
      if (writableFinished) span.set('http.response.status_code', statusCode);
      if (!writableFinished) span.fail('aborted');
      else if (statusCode >= 500) span.fail(String(statusCode));
      span.end();
    });
    within(request, done);
  });
  // Between the two the body was read, which is not seen as part of the request any more.
  server.addHook('preHandler', (request, _reply, done) => {
    within(request, done);
  });
}
