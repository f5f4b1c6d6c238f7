import { AsyncLocalStorage } from 'node:async_hooks';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Context } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import {
  ATTR_SERVICE_INSTANCE_ID,
  ATTR_SERVICE_NAME,
  ATTR_SERVICE_VERSION,
} from '@opentelemetry/semantic-conventions';
import type { Tracing } from './tracing.ts';

/**
 * Spans that are exported by OTLP over HTTP.
 *
 * @param endpoint the collector's address, to which `/v1/traces` is added
 * @param instance this replica's name
 */
export function exportSpans(endpoint: string, instance: string, version: string): Tracing {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      [ATTR_SERVICE_NAME]: 'culvert-operator',
      [ATTR_SERVICE_VERSION]: version,
      [ATTR_SERVICE_INSTANCE_ID]: instance,
    }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` }),
      }),
    ],
  });
  const tracer = provider.getTracer('culvert-operator', version);
  const current = new AsyncLocalStorage<Context>();
  return {
    span(name, attributes, work) {
      const parent = current.getStore() ?? ROOT_CONTEXT;
      const kind = name.startsWith('kubernetes ') ? SpanKind.CLIENT : SpanKind.INTERNAL;
      const span = tracer.startSpan(name, { attributes, kind }, parent);
      return current.run(trace.setSpan(parent, span), async () => {
        try {
          return await work({ set: (key, value) => span.setAttribute(key, value) });
        } catch (error) {
          span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).message });
          throw error;
        } finally {
          span.end();
        }
      });
    },
    close: () => provider.shutdown(),
  };
}
