import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '@culvert/demo/launcher/root';
import { eventually } from './rig/eventually.ts';
import { checkMetrics, startPrometheus, type Prometheus } from './rig/prometheus.ts';
import { startStack, type Stack } from './rig/stack.ts';

const EXCHANGES = 20;

async function start(t: Parameters<typeof startStack>[0]): Promise<{ stack: Stack; prometheus: Prometheus }> {
  const stack = await startStack(t);
  const prometheus = await startPrometheus(t, {
    orchestrator: stack.orchestrator().metricsUrl,
    sidecar: stack.sidecar().metricsUrl,
  });
  return { stack, prometheus };
}

test('S3-57 S5-31 S5-32 S5-33 S5-34 S5-35: Prometheus scrapes counts, times, sizes and gauges, and evaluates them', async (t) => {
  const { stack, prometheus } = await start(t);
  // A rate needs a series that was there before it grew.
  await stack.graphql.query('query Before { __typename }');
  await eventually(
    () => prometheus.evaluate('culvert_graphql_operation_duration_seconds_count{operation="Before"}'),
    ([sample]) => sample?.value === 1,
    'it is scraped',
  );

  for (let i = 0; i < EXCHANGES; i++) await (await fetch(`http://127.0.0.1:${stack.port}/${i}`)).text();
  await eventually(
    () => prometheus.evaluate('sum(culvert_ingest_events_total{kind="exchange"})'),
    ([sample]) => sample?.value === EXCHANGES,
    'all exchanges are counted',
  );
  for (let i = 0; i < 5; i++) await stack.graphql.query('query Before { __typename }');
  await fetch(`${stack.orchestrator().apiUrl}/nowhere`);

  const value = async (expression: string, passes: (value: number) => boolean): Promise<number> => {
    const samples = await eventually(
      () => prometheus.evaluate(expression),
      ([sample]) => sample !== undefined && passes(sample.value),
      expression,
    );
    return samples[0]?.value ?? Number.NaN;
  };
  const above = (bound: number) => (value: number) => value > bound;
  const route = 'route="/graphql",method="POST",status="200"';
  await value(`sum(culvert_http_requests_total{${route}})`, (count) => count === 6);
  await value('culvert_http_requests_total{status="404"}', (count) => count === 1);
  await value(`rate(culvert_http_requests_total{${route}}[1m])`, above(0));
  await value(
    `histogram_quantile(0.99, sum by (le, route) (rate(culvert_http_request_duration_seconds_bucket{${route}}[1m])))`,
    above(0),
  );
  await value(
    `rate(culvert_http_response_size_bytes_sum{${route}}[1m]) / rate(culvert_http_response_size_bytes_count{${route}}[1m])`,
    above(100),
  );
  await value(
    'histogram_quantile(0.5, sum by (le) (rate(culvert_graphql_operation_duration_seconds_bucket{operation="Before"}[1m])))',
    above(0),
  );
  await value('sum(culvert_ingest_lag_batches)', (lag) => lag === 0);
  await value(
    'histogram_quantile(0.9, sum by (le) (rate(culvert_ingest_commit_age_seconds_bucket[1m])))',
    above(0),
  );
  await value('sum(culvert_ingest_rows_total{table="http_transactions"})', (rows) => rows === EXCHANGES);
  await value('sum(rate(culvert_ingest_bytes_total{kind="exchange"}[1m]))', above(0));
  await value('sum by (pool) (culvert_postgres_connections{pool="api"})', above(0));
  await value(
    'culvert_postgres_max_connections{pool="ingest"} - culvert_postgres_idle_connections',
    above(0),
  );
  await value('culvert_postgres_waiting{pool="api"}', (waiting) => waiting === 0);
  await value('nodejs_eventloop_lag_p99_seconds{job="orchestrator"}', above(0));
  await value('sum(culvert_graphql_subscriptions) or vector(0)', (subscriptions) => subscriptions === 0);
  // Nothing is lost on the way: what the sidecar has captured is what was stored.
  await value(
    'sum(culvert_captured_total{kind="exchange"}) - ignoring(job, instance) sum(culvert_ingest_events_total{kind="exchange"})',
    (missing) => missing === 0,
  );
  assert.deepEqual(await prometheus.targets(), { orchestrator: 'up', sidecar: 'up' });
});

test('what processes serve passes promtool, and the page of metrics has all of it', async (t) => {
  const stack = await startStack(t);
  await stack.graphql.query('{ agents { agentId } }');
  await (await fetch(`http://127.0.0.1:${stack.port}/one`)).text();
  const reference = await readFile(join(root, 'docs/reference/metrics.md'), 'utf8');

  const pages = await Promise.all(
    [stack.orchestrator().metricsUrl, stack.sidecar().metricsUrl].map(async (url) =>
      (await fetch(`${url}/metrics`)).text(),
    ),
  );

  for (const page of pages) {
    // The library's own names are not ours to choose.
    const own = page.split('\n').filter((line) => !/^(# \w+ )?nodejs_/.test(line));
    assert.equal(await checkMetrics(`${own.join('\n')}\n`), '');
    const names = own.flatMap((line) => /^# TYPE (culvert_\w+) /.exec(line)?.[1] ?? []);
    assert.ok(names.length > 10);
    for (const name of names) assert.ok(reference.includes(`\`${name}\``), `${name} is on the page`);
  }
});
