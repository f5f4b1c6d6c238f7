import { AsyncLocalStorage } from 'node:async_hooks';
import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Context,
  type Span as SdkSpan,
  type Tracer,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import {
  ATTR_ERROR_TYPE,
  ATTR_SERVICE_INSTANCE_ID,
  ATTR_SERVICE_NAME,
  ATTR_SERVICE_NAMESPACE,
  ATTR_SERVICE_VERSION,
} from '@opentelemetry/semantic-conventions';
import type { Logger } from '../log.ts';
import { errorType } from './error-type.ts';
import { createSampler } from './sampler.ts';
import { readPairs, type TracingConfig } from './settings.ts';
import { createSpanIds } from './span-ids.ts';
import type { TraceParent } from './trace-parent.ts';
import type { Span, SpanOptions, Tracing } from './tracing.ts';
import { watched } from './watched-exporter.ts';

/** Who makes the spans. */
export interface TracedProcess {
  /** One replica's name, different from all others'. */
  readonly instance: string;
  readonly version: string;
  readonly log: Logger;
}

const KINDS = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
};
const NAMESPACE = 'culvert';
const BATCH = 512;
/** One request to the collector may take so long; until it ends, no other one begins. */
const EXPORT_MS = 10_000;
/** What the collector has not taken after this at the end is dropped. */
const CLOSE_MS = 3_000;
/** More links make a span that backends cut off. */
const MAX_LINKS = 128;

/**
 * Spans that are exported by OTLP over HTTP. They wait in a queue of bounded length; what doesn't fit, or what the
 * collector does not take, is dropped.
 */
export function exportSpans(config: TracingConfig, who: TracedProcess): Tracing {
  const ids = createSpanIds();
  const exporter = new OTLPTraceExporter({
    url: `${config.otlpEndpoint.replace(/\/$/, '')}/v1/traces`,
    headers: readPairs(config.otlpHeaders),
    timeoutMillis: EXPORT_MS,
  });
  const processor = new BatchSpanProcessor({
    exporter: watched(exporter, who.log),
    maxQueueSize: config.spanQueue,
    maxExportBatchSize: Math.min(BATCH, config.spanQueue),
    scheduledDelayMillis: config.spanDelayMs,
    exportTimeoutMillis: EXPORT_MS,
  });
  const provide = (attributes: Readonly<Record<string, string>>): Tracer =>
    new TracerProvider({
      resource: resourceFromAttributes(attributes),
      sampler: createSampler(config.tracesSampler, config.tracesSamplerArgument),
      idGenerator: ids,
      spanLimits: { linkCountLimit: MAX_LINKS, attributeValueLengthLimit: 4_096 },
      spanProcessors: [processor],
    }).getTracer(NAMESPACE, who.version);
  const tracer = provide({
    [ATTR_SERVICE_NAME]: config.serviceName,
    [ATTR_SERVICE_NAMESPACE]: NAMESPACE,
    [ATTR_SERVICE_VERSION]: who.version,
    [ATTR_SERVICE_INSTANCE_ID]: who.instance,
    ...config.resourceAttributes,
  });
  const others = new Map<string, Tracer>();
  const tracerOf = (service: string): Tracer => {
    const known = others.get(service);
    if (known !== undefined) return known;
    const made = provide({ [ATTR_SERVICE_NAME]: service, [ATTR_SERVICE_NAMESPACE]: NAMESPACE });
    others.set(service, made);
    return made;
  };

  const current = new AsyncLocalStorage<Context>();
  const contexts = new WeakMap<Span, Context>();
  const begin = (by: Tracer, name: string, options: SpanOptions): Span => {
    const { parent, links = [], attributes = {}, kind = 'internal', at } = options;
    const around =
      parent === undefined
        ? (current.getStore() ?? ROOT_CONTEXT)
        : parent === null
          ? ROOT_CONTEXT
          : trace.setSpanContext(ROOT_CONTEXT, spanContext(parent));
    const started = by.startSpan(
      name,
      {
        kind: KINDS[kind],
        attributes: { ...attributes },
        links: links.map((link) => ({ context: spanContext(link) })),
        ...(at !== undefined && { startTime: hrTime(at) }),
      },
      around,
    );
    const span = spanOf(started);
    contexts.set(span, trace.setSpan(around, started));
    return span;
  };
  const within = <T>(span: Span, work: () => T): T => current.run(contexts.get(span) ?? ROOT_CONTEXT, work);

  return {
    on: true,
    async span(name, attributes, work, kind = 'internal') {
      const span = begin(tracer, name, { attributes, kind });
      try {
        return await within(span, () => work(span));
      } catch (error) {
        span.fail(errorType(error));
        throw error;
      } finally {
        span.end();
      }
    },
    start: (name, options = {}) => begin(tracer, name, options),
    startFor: (service, place, name, options = {}) =>
      ids.with(place, () => begin(tracerOf(service), name, { ...options, parent: null })),
    within,
    current() {
      const span = trace.getSpan(current.getStore() ?? ROOT_CONTEXT);
      return span?.isRecording() === true ? placeOf(span) : undefined;
    },
    async close() {
      const patience = AbortSignal.timeout(CLOSE_MS);
      const late = new Promise<void>((resolve) => {
        patience.addEventListener('abort', () => {
          resolve();
        });
      });
      await Promise.race([processor.shutdown().catch(() => undefined), late]);
    },
  };
}

function spanOf(span: SdkSpan): Span {
  return {
    place: placeOf(span),
    set: (name, value) => {
      span.setAttribute(name, value);
    },
    fail: (type) => {
      span.setAttribute(ATTR_ERROR_TYPE, type);
      span.setStatus({ code: SpanStatusCode.ERROR });
    },
    end: (at) => {
      span.end(at === undefined ? undefined : hrTime(at));
    },
  };
}

function placeOf(span: SdkSpan): TraceParent {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return { traceId, spanId, sampled: (traceFlags & TraceFlags.SAMPLED) !== 0 };
}

function spanContext({ traceId, spanId, sampled }: TraceParent) {
  return { traceId, spanId, isRemote: true, traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE };
}

/** Seconds and nanoseconds: plain numbers of a time before the process began would be taken for time since then. */
function hrTime(unixMs: number): [number, number] {
  const seconds = Math.floor(unixMs / 1_000);
  return [seconds, Math.round((unixMs - seconds * 1_000) * 1e6)];
}
