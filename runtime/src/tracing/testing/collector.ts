import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { bind } from '../../bind.ts';

/** A span as it arrived. Times are in Unix milliseconds. */
export interface ReceivedSpan {
  readonly service: string;
  readonly resource: Readonly<Record<string, unknown>>;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the first span of a trace. */
  readonly parentSpanId: string;
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer' | 'unspecified';
  readonly failed: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly startMs: number;
  readonly endMs: number;
}

/** A receiver of OTLP over HTTP that keeps what it gets. */
export interface Collector {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly spans: ReceivedSpan[];
  /** Path and headers of each request. */
  readonly requests: { readonly path: string; readonly headers: IncomingHttpHeaders }[];
  /** `takes` what comes, refuses it with a status, or `hangs` without an answer. */
  behaviour: 'takes' | 'hangs' | number;
  close(): void;
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}
interface WireSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: readonly Attribute[];
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status?: { readonly code?: number };
}
interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[];
  }[];
}

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const ERROR_STATUS = 2;

/** Starts a receiver on a port that the system chooses. */
export async function startCollector(): Promise<Collector> {
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      collector.requests.push({ path: request.url ?? '', headers: request.headers });
      if (collector.behaviour === 'hangs') return;
      if (collector.behaviour === 'takes')
        collector.spans.push(...readExport(JSON.parse(Buffer.concat(chunks).toString()) as Export));
      else response.statusCode = collector.behaviour;
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  const port = await bind(server, '127.0.0.1', 0);
  const collector: Collector = {
    url: `http://127.0.0.1:${port}`,
    spans: [],
    requests: [],
    behaviour: 'takes',
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
  return collector;
}

function readExport({ resourceSpans }: Export): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const attributes = record(resource.attributes);
    return scopeSpans.flatMap(({ spans }) => spans.map((span) => readSpan(span, attributes)));
  });
}

function readSpan(span: WireSpan, resource: Readonly<Record<string, unknown>>): ReceivedSpan {
  return {
    service: String(resource['service.name']),
    resource,
    name: span.name,
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? '',
    kind: KINDS[span.kind] ?? 'unspecified',
    failed: span.status?.code === ERROR_STATUS,
    attributes: record(span.attributes ?? []),
    links: span.links ?? [],
    startMs: Number(span.startTimeUnixNano) / 1e6,
    endMs: Number(span.endTimeUnixNano) / 1e6,
  };
}

function record(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
