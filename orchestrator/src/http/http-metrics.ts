import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Counter, Histogram, type Registry } from 'prom-client';
import { knownMethod } from '../known-method.ts';

const labelNames = ['method', 'route', 'status'] as const;

/** Registers what is counted and measured of requests to the API, and feeds it from a server. */
export function addHttpMetrics(server: FastifyInstance, registry: Registry): void {
  const registers = [registry];
  const requests = new Counter({
    name: 'culvert_http_requests_total',
    help: 'Requests to the API that were answered.',
    labelNames,
    registers,
  });
  const duration = new Histogram({
    name: 'culvert_http_request_duration_seconds',
    help: 'How long requests to the API took; streams of events are left out.',
    labelNames,
    buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
    registers,
  });
  const size = new Histogram({
    name: 'culvert_http_response_size_bytes',
    help: 'How large answers of the API were, heads included.',
    labelNames,
    buckets: [300, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000],
    registers,
  });

  // Requests of one connection are answered one after the other.
  const writtenBefore = new WeakMap<FastifyRequest, number>();
  server.addHook('onRequest', (request, _reply, done) => {
    writtenBefore.set(request, request.raw.socket.bytesWritten);
    done();
  });
  server.addHook('onResponse', (request, reply, done) => {
    const labels = {
      method: knownMethod(request.method),
      // Routes as declared, so that callers can't make up series.
      route: request.routeOptions.url ?? 'none',
      status: String(reply.statusCode),
    };
    requests.inc(labels);
    // An answer that goes on as long as somebody listens says nothing about how quick the server is.
    const goesOn = String(reply.raw.getHeader('content-type')).startsWith('text/event-stream');
    if (!goesOn) duration.observe(labels, reply.elapsedTime / 1_000);
    size.observe(labels, request.raw.socket.bytesWritten - (writtenBefore.get(request) ?? 0));
    request.log.debug({ ...labels, ms: Math.round(reply.elapsedTime) }, 'request answered');
    done();
  });
}
