import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import {
  startCollector,
  type Collector,
  type ReceivedSpan,
} from '@culvert/runtime/tracing/testing/collector';
import { eventually } from './rig/eventually.ts';
import { startStack, type Stack } from './rig/stack.ts';

const SAMPLED = { traceId: 'c'.repeat(32), spanId: 'd'.repeat(16) };

async function startTraced(
  t: TestContext,
  more: Readonly<Record<string, string>> = {},
): Promise<{ readonly stack: Stack; readonly collector: Collector; readonly lines: string[] }> {
  const collector = await startCollector();
  t.after(() => {
    collector.close();
  });
  const lines: string[] = [];
  const stack = await startStack(t, {
    orchestrator: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: '50',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      ...more,
    },
    onLine: (line) => lines.push(line),
  });
  return { stack, collector, lines };
}

/** Sends one request through the sidecar. */
async function exchange(stack: Stack, path: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${stack.port}${path}`);
  await response.text();
}

async function stored(stack: Stack, path: string): Promise<void> {
  await eventually(
    () => stack.graphql.query<{ requests: { path: string }[] }>('{ requests { path } }'),
    ({ requests }) => requests.some((request) => request.path === path),
    'the exchange is stored',
  );
}

async function traceOf(
  collector: Collector,
  first: (span: ReceivedSpan) => boolean,
  complete: (spans: readonly ReceivedSpan[]) => boolean,
): Promise<readonly ReceivedSpan[]> {
  return eventually(
    () => {
      const traceId = collector.spans.find(first)?.traceId;
      return Promise.resolve(collector.spans.filter((span) => span.traceId === traceId));
    },
    (spans) => spans.length > 0 && complete(spans),
    'the whole trace has arrived',
  );
}

const named = (spans: readonly ReceivedSpan[], name: string): ReceivedSpan | undefined =>
  spans.find((span) => span.name === name);

test("one trace leads from a sidecar's publish to the commit and its statements", async (t) => {
  const { stack, collector } = await startTraced(t);

  await exchange(stack, '/traced');
  await stored(stack, '/traced');
  const spans = await traceOf(
    collector,
    ({ name }) => name === 'publish culvert.exchange',
    (all) => named(all, 'commit exchange') !== undefined,
  );

  const publish = named(spans, 'publish culvert.exchange');
  const processing = named(spans, 'process culvert.exchange');
  const commit = named(spans, 'commit exchange');
  const statements = spans.filter(({ attributes }) => attributes['db.system.name'] === 'postgresql');
  assert.ok(publish !== undefined && processing !== undefined && commit !== undefined);
  assert.deepEqual(
    [publish, processing, commit].map(({ service, kind, parentSpanId }) => ({ service, kind, parentSpanId })),
    [
      { service: 'culvert-sidecar', kind: 'producer', parentSpanId: '' },
      { service: 'culvert-orchestrator', kind: 'consumer', parentSpanId: publish.spanId },
      { service: 'culvert-orchestrator', kind: 'internal', parentSpanId: processing.spanId },
    ],
  );
  assert.deepEqual(
    commit.links.map(({ spanId }) => spanId),
    [processing.spanId],
  );
  // Each process has a clock of its own, and the sidecar may hear of the stream's answer late: no span is held against another's.
  for (const { startMs, endMs } of [publish, processing, commit]) assert.ok(startMs <= endMs);
  assert.equal(publish.attributes['messaging.system'], 'nats');
  assert.equal(publish.attributes['messaging.destination.name'], 'culvert.exchange.local.shop.agent-1');
  assert.equal(processing.attributes['messaging.operation.type'], 'process');
  assert.equal(processing.resource['deployment.environment.name'], 'test');
  const summaries = statements.map(({ name }) => name);
  for (const expected of ['BEGIN', 'COPY http_transactions', 'COMMIT'])
    assert.ok(summaries.includes(expected), expected);
  assert.ok(statements.every(({ parentSpanId }) => parentSpanId === commit.spanId));
});

test("one trace leads from a GraphQL caller's span through the request to the statements", async (t) => {
  const { stack, collector } = await startTraced(t);
  const secret = '0197ffff-ffff-7fff-bfff-ffffffffffff';

  const response = await fetch(stack.graphql.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      traceparent: `00-${SAMPLED.traceId}-${SAMPLED.spanId}-01`,
    },
    body: JSON.stringify({
      query: 'query Look($id: String!) { request(id: $id) { path } }',
      variables: { id: secret },
    }),
  });
  const spans = await traceOf(
    collector,
    ({ traceId }) => traceId === SAMPLED.traceId,
    (all) => named(all, 'POST /graphql') !== undefined,
  );

  assert.equal(response.status, 200);
  const server = named(spans, 'POST /graphql');
  const operation = named(spans, 'query Look');
  const statement = spans.find(({ kind }) => kind === 'client');
  assert.deepEqual(
    [server, operation, statement].map((span) => [span?.kind, span?.parentSpanId]),
    [
      ['server', SAMPLED.spanId],
      ['internal', server?.spanId],
      ['client', operation?.spanId],
    ],
  );
  assert.equal(server?.attributes['http.request.method'], 'POST');
  assert.equal(server.attributes['http.route'], '/graphql');
  assert.equal(Number(server.attributes['http.response.status_code']), 200);
  assert.equal(server.attributes['culvert.request.id'], response.headers.get('x-request-id'));
  assert.equal(operation?.attributes['graphql.operation.type'], 'query');
  assert.equal(statement?.attributes['db.collection.name'], 'http_transactions');
  assert.equal(statement.attributes['db.namespace'], 'culvert');
  assert.match(String(statement.attributes['db.query.text']), /select .*"request_id" = \$1/s);
  assert.doesNotMatch(JSON.stringify(spans), new RegExp(secret));
});

test('a caller that does not record leaves no spans, and a sampler that takes none leaves none of batches', async (t) => {
  const { stack, collector } = await startTraced(t, {
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0',
  });

  await exchange(stack, '/unseen');
  await stored(stack, '/unseen');
  for (const flags of ['00', '01'])
    await fetch(stack.graphql.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        traceparent: `00-${SAMPLED.traceId}-${SAMPLED.spanId}-${flags}`,
      },
      body: '{"query":"{ __typename }"}',
    });
  await stack.orchestrator().stop();

  assert.deepEqual(new Set(collector.spans.map(({ traceId }) => traceId)), new Set([SAMPLED.traceId]));
  assert.equal(collector.spans.filter(({ kind }) => kind === 'server').length, 1);
});

test('a collector that hangs or is away changes nothing but one line in the log', async (t) => {
  const { stack, collector, lines } = await startTraced(t);
  collector.behaviour = 'hangs';

  await exchange(stack, '/while-it-hangs');
  await stored(stack, '/while-it-hangs');
  collector.close();
  await exchange(stack, '/while-it-is-away');
  await stored(stack, '/while-it-is-away');
  await stack.orchestrator().stop();
  await eventually(
    () => Promise.resolve(lines),
    (all) => all.some((line) => line.includes('orchestrator has ended')),
    'it has said that it ended',
  );

  const told = lines.filter((line) => line.includes('the collector takes no spans'));
  assert.ok(told.length <= 1, told.join('\n'));
  assert.ok(lines.some((line) => line.includes('orchestrator has ended') && line.includes('"clean":true')));
  assert.deepEqual(collector.spans, []);
});
