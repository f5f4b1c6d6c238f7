import type { FastifyInstance } from 'fastify';
import { Histogram, type Registry } from 'prom-client';

/** Registers `culvert_http_request_duration_seconds` and feeds it from a server. */
export function addHttpMetrics(server: FastifyInstance, registry: Registry): void {
  const duration = new Histogram({
    name: 'culvert_http_request_duration_seconds',
    help: 'How long requests to the API took, by method, route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
    registers: [registry],
  });
  server.addHook('onResponse', (request, reply, done) => {
    const labels = {
      method: request.method,
      // Routes as declared, so that callers can't make up series.
      route: request.routeOptions.url ?? 'none',
      status: String(reply.statusCode),
    };
    // An answer that goes on as long as somebody listens says nothing about how quick the server is.
    const goesOn = String(reply.getHeader('content-type')).startsWith('text/event-stream');
    if (!goesOn) duration.observe(labels, reply.elapsedTime / 1_000);
    request.log.debug({ ...labels, ms: Math.round(reply.elapsedTime) }, 'request answered');
    done();
  });
}
