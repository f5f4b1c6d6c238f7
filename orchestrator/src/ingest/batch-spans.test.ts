import assert from 'node:assert/strict';
import { after, before, beforeEach, test, type TestContext } from 'node:test';
import { Registry } from 'prom-client';
import { runChecks } from '@culvert/runtime/admin';
import { systemClock } from '@culvert/runtime/clock';
import { readSettings } from '@culvert/runtime/config';
import { tracingSettings } from '@culvert/runtime/tracing/settings';
import { startTracing } from '@culvert/runtime/tracing/start';
import { startCollector, type ReceivedSpan } from '@culvert/runtime/tracing/testing/collector';
import { createPool } from '../store/pool.ts';
import { startIngest } from './ingest.ts';
import { DEFAULT_INGEST_LIMITS } from './limits.ts';
import { batch, exchangeEvent } from './testing/batches.ts';
import { publishBatch } from './testing/publish.ts';
import { silent, startRig, until, type Rig } from './testing/rig.ts';

let rig: Rig;

before(async () => {
  rig = await startRig();
});
after(() => rig.close());
beforeEach(() => rig.clear());

/** Runs ingest with tracing while something is published, until all of that is stored. */
async function spansOf(
  t: TestContext,
  publish: () => Promise<void>,
  environment: Readonly<Record<string, string>> = {},
): Promise<readonly ReceivedSpan[]> {
  const collector = await startCollector();
  t.after(() => {
    collector.close();
  });
  const config = readSettings(tracingSettings('culvert-orchestrator'), {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_BSP_MAX_QUEUE_SIZE: '10000',
    ...environment,
  });
  const tracing = await startTracing(config, { instance: 'one', version: '0.1.0', log: silent });
  const pool = createPool(rig.postgres.url, { applicationName: 'traced', log: silent, tracing });
  const ingest = await startIngest({
    pool,
    nats: rig.nats,
    clock: systemClock,
    log: silent,
    registry: new Registry(),
    limits: { ...DEFAULT_INGEST_LIMITS, transactionMs: 500 },
    tracing,
  });
  await until('ingest is ready', async () => (await runChecks(ingest.checks)).status === 'ok');
  await publish();
  await rig.drained();
  await ingest.stop();
  await pool.end();
  await tracing.close();
  return collector.spans;
}

const place = (index: number): { readonly traceId: string; readonly spanId: string } => ({
  traceId: index.toString(16).padStart(32, '0'),
  spanId: index.toString(16).padStart(16, '0'),
});

/** Publishes batches of one exchange each, all in traces of their own. */
async function publishMany(count: number): Promise<void> {
  for (let index = 1; index <= count; index++) {
    const { traceId, spanId } = place(index);
    await publishBatch(rig.nats, batch([exchangeEvent()], { firstSequence: index }), {
      headers: { traceparent: `00-${traceId}-${spanId}-01` },
    });
  }
}

test('each batch has its own trace, and transactions that take several link to all of them', async (t) => {
  const spans = await spansOf(t, () => publishMany(6));

  const processing = spans.filter(({ name }) => name === 'process culvert.exchange');
  const transactions = spans.filter(({ name }) => name === 'commit exchange');
  const indexes = [1, 2, 3, 4, 5, 6];
  assert.deepEqual(
    processing
      .map(({ traceId, parentSpanId }) => ({ traceId, spanId: parentSpanId }))
      .sort((a, b) => a.traceId.localeCompare(b.traceId)),
    indexes.map(place),
  );
  assert.deepEqual(
    transactions.flatMap(({ links }) => links.map(({ spanId }) => spanId)).sort(),
    processing.map(({ spanId }) => spanId).sort(),
  );
  for (const { links, parentSpanId } of transactions) assert.equal(parentSpanId !== '', links.length === 1);
  const statements = spans.filter(({ attributes }) => attributes['db.system.name'] !== undefined);
  const parents = new Set(transactions.map(({ spanId }) => spanId));
  assert.ok(statements.length > 0 && statements.every(({ parentSpanId }) => parents.has(parentSpanId)));
});

test('batches are traced by the share that the sampler takes, publication and all', async (t) => {
  const spans = await spansOf(t, () => publishMany(6), {
    OTEL_TRACES_SAMPLER: 'traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0',
  });

  assert.deepEqual(spans, []);
});

test('under load only so many batches of a second are traced, and all are stored', async (t) => {
  const spans = await spansOf(t, () => publishMany(600));

  const seconds = new Map<number, number>();
  for (const { name, startMs } of spans) {
    const second = Math.floor(startMs / 1_000);
    if (name === 'process culvert.exchange') seconds.set(second, (seconds.get(second) ?? 0) + 1);
  }
  assert.ok(Math.max(...seconds.values()) <= 100, JSON.stringify([...seconds]));
  assert.equal(await rig.count('SELECT count(*) FROM culvert.http_transactions'), 600);
});

test('a batch without a place in a trace is stored and leaves no span', async (t) => {
  const spans = await spansOf(t, async () => {
    await publishBatch(rig.nats, batch([exchangeEvent()]));
    await publishBatch(rig.nats, batch([exchangeEvent()], { firstSequence: 2 }), {
      headers: { traceparent: 'nonsense' },
    });
  });

  assert.equal(await rig.count('SELECT count(*) FROM culvert.http_transactions'), 2);
  assert.deepEqual(spans, []);
});
