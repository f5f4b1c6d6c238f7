import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { pino } from 'pino';
import { readSettings } from '../config.ts';
import { exportSpans } from './open-telemetry.ts';
import { tracingSettings } from './settings.ts';
import { startTracing } from './start.ts';
import { startCollector, type Collector } from './testing/collector.ts';
import { readTraceParent } from './trace-parent.ts';
import { noTracing, type Tracing } from './tracing.ts';

const PLACE = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true };

async function collectorOf(t: TestContext): Promise<Collector> {
  const collector = await startCollector();
  t.after(() => {
    collector.close();
  });
  return collector;
}

function tracingTo(
  url: string,
  more: Readonly<Record<string, string>> = {},
): { readonly tracing: Tracing; readonly lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const log = pino({}, { write: (line: string) => lines.push(JSON.parse(line) as never) });
  const config = readSettings(tracingSettings('culvert-test'), { OTEL_EXPORTER_OTLP_ENDPOINT: url, ...more });
  return { tracing: exportSpans(config, { instance: 'replica', version: '0.1.0', log }), lines };
}

test('spans go to the collector by OTLP over HTTP, requests as children of what made them', async (t) => {
  const collector = await collectorOf(t);
  const { tracing } = tracingTo(`${collector.url}/`, {
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20token,x-team=shop',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    OTEL_SERVICE_NAME: 'renamed',
  });

  await tracing.span('reconcile', { 'k8s.namespace.name': 'shop' }, async () => {
    await tracing.span('kubernetes PATCH', {}, async () => undefined, 'client');
    await assert.rejects(
      tracing.span('kubernetes GET', {}, () => Promise.reject(new Error('it holds a secret')), 'client'),
    );
  });
  await tracing.close();

  const parent = collector.spans.find(({ name }) => name === 'reconcile');
  const children = collector.spans.filter(({ name }) => name.startsWith('kubernetes '));
  assert.deepEqual(
    collector.requests.map(({ path, headers }) => [path, headers.authorization, headers['x-team']]),
    [['/v1/traces', 'Bearer token', 'shop']],
  );
  assert.deepEqual(
    children.map(({ parentSpanId, kind, failed }) => ({ parentSpanId, kind, failed })),
    [false, true].map((failed) => ({ parentSpanId: parent?.spanId, kind: 'client', failed })),
  );
  assert.equal(children[1]?.attributes['error.type'], 'Error');
  assert.doesNotMatch(JSON.stringify(collector.spans), /secret/);
  assert.equal(parent?.resource['service.name'], 'renamed');
  assert.equal(parent.resource['service.instance.id'], 'replica');
  assert.equal(parent.resource['deployment.environment.name'], 'test');
});

test('a span in the name of another process has the place that it told, and its own service', async (t) => {
  const collector = await collectorOf(t);
  const { tracing } = tracingTo(collector.url);

  const publish = tracing.startFor('culvert-sidecar', PLACE, 'publish', { kind: 'producer', at: 1_000.25 });
  const process = tracing.start('process', { parent: publish.place, kind: 'consumer' });
  process.end();
  publish.end(2_000.5);
  await tracing.close();

  const [received, child] = ['publish', 'process'].map((name) =>
    collector.spans.find((span) => span.name === name),
  );
  assert.deepEqual([received?.traceId, received?.spanId], [PLACE.traceId, PLACE.spanId]);
  assert.deepEqual([received?.startMs, received?.endMs], [1_000.25, 2_000.5]);
  assert.equal(received?.service, 'culvert-sidecar');
  assert.deepEqual([child?.traceId, child?.parentSpanId], [PLACE.traceId, PLACE.spanId]);
  assert.equal(child?.service, 'culvert-test');
});

test('the sampler decides by trace; what others led to is recorded when one of them is', async (t) => {
  const collector = await collectorOf(t);
  const { tracing } = tracingTo(collector.url, {
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0',
  });
  const unsampled = { ...PLACE, sampled: false };

  tracing.start('first').end();
  tracing.start('asked for', { parent: PLACE }).end();
  tracing.start('not asked for', { parent: unsampled }).end();
  tracing.start('led to', { parent: null, links: [unsampled, PLACE] }).end();
  tracing.start('led to by none', { parent: null, links: [unsampled] }).end();
  await tracing.close();

  assert.deepEqual(
    collector.spans.map(({ name }) => name),
    ['asked for', 'led to'],
  );
});

test('without an endpoint nothing is traced', async () => {
  const config = readSettings(tracingSettings('culvert-test'), {});
  const tracing = await startTracing(config, {
    instance: 'replica',
    version: '0.1.0',
    log: pino({ level: 'silent' }),
  });

  assert.equal(tracing, noTracing);
});

test('a collector that is away or refuses is told of once, and what waits is bounded', async (t) => {
  const collector = await collectorOf(t);
  collector.behaviour = 400;
  const { tracing, lines } = tracingTo(collector.url, {
    OTEL_BSP_MAX_QUEUE_SIZE: '3',
    OTEL_BSP_SCHEDULE_DELAY: '60000',
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=secret',
  });

  for (let i = 0; i < 3; i++) tracing.start('refused').end();
  while (collector.requests.length < 1 || lines.length < 1) await new Promise(setImmediate);
  collector.behaviour = 'hangs';
  for (let i = 0; i < 3; i++) tracing.start('sent').end();
  while (collector.requests.length < 2) await new Promise(setImmediate);
  for (let i = 0; i < 100; i++) tracing.start('waits').end();
  const closing = tracing.close();
  collector.close();
  await closing;

  assert.deepEqual(
    lines.map(({ msg, reason }) => ({ msg, reason })),
    [{ msg: 'the collector takes no spans; they are dropped', reason: 'it answers with status 400' }],
  );
  assert.deepEqual(collector.spans, []);
});

test('a traceparent is read as the specification says', () => {
  const good = `00-${PLACE.traceId}-${PLACE.spanId}-01`;
  const bad = [
    undefined,
    '',
    good.toUpperCase(),
    `${good}-more`,
    good.replace('00-', 'ff-'),
    `00-${'0'.repeat(32)}-${PLACE.spanId}-01`,
    `00-${PLACE.traceId}-${'0'.repeat(16)}-01`,
    `cc${good.slice(2)}-${'x'.repeat(1_000)}`,
  ];

  assert.deepEqual(readTraceParent(good), PLACE);
  assert.deepEqual(readTraceParent(good.replace(/01$/, '00')), { ...PLACE, sampled: false });
  assert.deepEqual(readTraceParent(`cc${good.slice(2)}-more`), PLACE);
  assert.deepEqual(
    bad.map(readTraceParent),
    bad.map(() => undefined),
  );
});

test('wrong settings of tracing are named without what may be secret', () => {
  const read = (variable: string, value: string) => () =>
    readSettings(tracingSettings('culvert-test'), { [variable]: value });

  assert.throws(read('OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'), /must be an http or https address/);
  assert.throws(read('OTEL_EXPORTER_OTLP_HEADERS', 'authorization: token'), (error: Error) => {
    return /must be name=value pairs/.test(error.message) && !error.message.includes('token');
  });
  assert.throws(read('OTEL_TRACES_SAMPLER_ARG', '2'), /must be a number from 0 to 1/);
  assert.throws(read('OTEL_TRACES_SAMPLER', 'some'), /must be one of parentbased_always_on/);
});
