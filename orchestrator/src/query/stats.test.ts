import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { Outcome, type TrafficEvent } from '@culvert/proto';
import { batch, end, IDENTITY, mintRequestId, request, response } from '../ingest/testing/batches.ts';
import { publishBatch } from '../ingest/testing/publish.ts';
import { startRig, until, type Rig } from '../ingest/testing/rig.ts';
import { ENDED_ROWS, fieldsOf, naiveStats, timeOf, type EndedRow } from '../rollups/testing/naive-stats.ts';
import { COMPACTOR_LOCK } from '../rollups/rollups.ts';
import { createTestGraphql, type TestGraphql } from '../testing/graphql.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const BUCKETS = { MINUTE: MINUTE_MS, FIVE_MINUTES: 5 * MINUTE_MS, HOUR: HOUR_MS, DAY: 24 * HOUR_MS };
const DIMENSIONS = {
  CLUSTER: 'cluster',
  NAMESPACE: 'namespace',
  WORKLOAD: 'workload',
  METHOD: 'method',
  PATH_TEMPLATE: 'pathTemplate',
  STATUS_CLASS: 'statusClass',
};

interface Group extends Record<string, string | number | null> {
  bucketStart: string | null;
  count: number;
  errors: number;
  errorShare: number;
  p50Ms: number;
  p90Ms: number;
  p99Ms: number;
  requestBytes: number;
  responseBytes: number;
}

interface Stats {
  readonly transactionStats: {
    readonly since: string;
    readonly until: string;
    readonly truncated: boolean;
    readonly groups: Group[];
  };
}

const QUERY = `query ($filter: StatsFilter, $since: DateTime!, $until: DateTime, $bucket: StatsBucket,
    $groupBy: [StatsDimension!]) {
  transactionStats(filter: $filter, since: $since, until: $until, bucket: $bucket, groupBy: $groupBy) {
    since until truncated groups {
      bucketStart cluster namespace workload method pathTemplate statusClass
      count errors errorShare p50Ms p90Ms p99Ms requestBytes responseBytes
    }
  }
}`;

let rig: Rig;
let api: TestGraphql;
let rows: EndedRow[];
/** Holds the lock without which nobody compacts, so that half of the exchanges stay in deltas. */
let blocker: pg.PoolClient;
const now = Date.now();
const random = createRandom(20_261_121);
const deltas = (): Promise<number> => rig.count('SELECT count(*) FROM culvert.http_rollup_deltas');

before(async () => {
  rig = await startRig();
  api = createTestGraphql(rig.pool);
  api.now = now;
  const first = await rig.ingest();
  await publishExchanges(20);
  await until('all is compacted', async () => (await deltas()) === 0);
  await first.stop();
  blocker = await rig.pool.connect();
  await blocker.query('SELECT pg_advisory_lock($1)', [COMPACTOR_LOCK]);
  await rig.ingest();
  await publishExchanges(20);
  rows = await rig.rows<EndedRow>(ENDED_ROWS);
});
after(() => rig.close());

let firstSequence = 1;

async function publishExchanges(batches: number): Promise<void> {
  for (let n = 0; n < batches; n++) {
    const identity = {
      ...IDENTITY,
      namespace: random.of(['shop', 'pay']),
      workload: random.of(['cart', 'api']),
    };
    const events = Array.from({ length: 1 + random.below(60) }, randomExchange).flat();
    await publishBatch(
      rig.nats,
      batch(events, { identity, firstSequence, agentId: `${identity.namespace}-1` }),
    );
    firstSequence += events.length;
  }
  await rig.drained();
}

/** An exchange of the last day and a half: whole, in parts in some order, or still open. */
function randomExchange(): TrafficEvent[] {
  // Few different hours: each needs partitions.
  const age = random.of([0, 0, 1, 9, 20, 34]) * HOUR_MS + random.below(HOUR_MS);
  const requestId = mintRequestId(now - age);
  const head = request({
    method: random.of(['GET', 'GET', 'POST', 'DELETE', 'PURGE']),
    url: Buffer.from(
      `http://cart/${random.of(['items', 'carts', 'health'])}${random.of(['', '/', `/${random.below(99)}?q=1`])}`,
    ),
  });
  const ending = end({
    durationUs: Math.floor(10 ** (random.below(70) / 10)),
    requestBodyBytes: random.below(1_000),
    responseBodyBytes: random.below(1_000_000),
    outcome: random.of([1, 1, 1, Outcome.OUTCOME_CLIENT_ABORTED, Outcome.OUTCOME_UPGRADED]),
    responseEnd: random.of([undefined, 1, 2, 3]),
  });
  const answer = { status: random.of([200, 201, 304, 404, 500, 503]) };
  const whole = { request: head, response: response({ ...answer, end: ending }) };
  const parts = {
    request: { requestId, event: { $case: 'request' as const, request: head } },
    response: { requestId, event: { $case: 'response' as const, response: response(answer) } },
    end: { requestId, event: { $case: 'end' as const, end: ending } },
  };
  return random.of<TrafficEvent[]>([
    [{ requestId, event: { $case: 'exchange', exchange: whole } }],
    [{ requestId, event: { $case: 'exchange', exchange: whole } }],
    [parts.request, parts.response, parts.end],
    [parts.end, parts.response, parts.request],
    [parts.request, parts.end],
    [parts.end],
    [parts.request, parts.response],
  ]);
}

async function ask(variables: Readonly<Record<string, unknown>>): Promise<Stats['transactionStats']> {
  const answer = await api.ask<Stats>(QUERY, variables);
  assert.equal(answer.errors, undefined, JSON.stringify(answer.errors));
  return answer.data.transactionStats;
}

test('counts are what counting the rows one by one gives, for any filter, span, buckets and groups', async () => {
  assert.ok(rows.length > 500 && (await deltas()) > 100, `${rows.length} rows`);
  for (let round = 0; round < 60; round++) {
    const bucket = random.of([undefined, undefined, 'MINUTE', 'FIVE_MINUTES', 'HOUR', 'DAY'] as const);
    const byMinute = bucket === 'MINUTE' || bucket === 'FIVE_MINUTES';
    const since = now - 1 - random.below((byMinute ? 23 : random.of([5, 40])) * HOUR_MS);
    const until = random.of([undefined, since + 1 + random.below(now - since)]);
    const groupBy = Object.keys(DIMENSIONS).filter(() => random.below(3) === 0);
    const filter = randomFilter();

    const stats = await ask({
      since: new Date(since).toISOString(),
      ...(until !== undefined && { until: new Date(until).toISOString() }),
      bucket,
      groupBy,
      filter,
    });

    const [from, to] = [Date.parse(stats.since), Date.parse(stats.until)];
    assert.ok(
      from <= since && since - from < HOUR_MS && to >= (until ?? now) && to - (until ?? now) < HOUR_MS,
    );
    const wanted = rows.filter((row) => timeOf(row) >= from && timeOf(row) < to && matches(row, filter));
    const fields = groupBy.map((name) => DIMENSIONS[name as keyof typeof DIMENSIONS]);
    const bucketMs = bucket === undefined ? undefined : BUCKETS[bucket];
    const naive = naiveStats(wanted, (row) =>
      JSON.stringify([
        bucketMs === undefined ? null : new Date(Math.floor(timeOf(row) / bucketMs) * bucketMs).toISOString(),
        ...fields.map((field) => fieldsOf(row)[field]),
      ]),
    );
    compare(stats, naive, fields);
  }
});

function compare(
  stats: Stats['transactionStats'],
  naive: ReturnType<typeof naiveStats>,
  fields: readonly string[],
): void {
  assert.equal(stats.truncated, naive.size > 1_000);
  assert.equal(stats.groups.length, Math.min(1_000, naive.size));
  assert.deepEqual(
    stats.groups.map(({ count }) => count),
    [...naive.values()]
      .map(({ count }) => count)
      .sort((a, b) => b - a)
      .slice(0, 1_000),
  );
  for (const group of stats.groups) {
    const key = JSON.stringify([group.bucketStart, ...fields.map((field) => group[field])]);
    const expected = naive.get(key);
    assert.ok(expected, key);
    const { count, errors, requestBytes, responseBytes, latenciesMs } = expected;
    assert.deepEqual(
      [group.count, group.errors, group.errorShare, group.requestBytes, group.responseBytes],
      [count, errors, errors / count, requestBytes, responseBytes],
    );
    for (const [share, read] of [
      [0.5, group.p50Ms],
      [0.9, group.p90Ms],
      [0.99, group.p99Ms],
    ] as const) {
      const value = latenciesMs[Math.ceil(share * count) - 1] as number;
      assert.ok(Math.abs(read - value) <= 0.044 * value + 0.001, `${key}: ${read} for ${value}`);
    }
  }
}

type Filter = Readonly<Record<string, readonly (string | number)[]>>;

const FILTERED: Readonly<Record<string, readonly [string, readonly (string | number)[]]>> = {
  clusters: ['cluster', ['local', 'other']],
  namespaces: ['namespace', ['shop', 'pay']],
  workloads: ['workload', ['cart', 'api', 'none']],
  methods: ['method', ['GET', 'POST', '_OTHER']],
  pathTemplates: ['pathTemplate', ['/items', '/items/{number}', '/health/', '']],
  statusClasses: ['statusClass', [0, 2, 3, 4, 5]],
};

function randomFilter(): Filter {
  return Object.fromEntries(
    Object.entries(FILTERED)
      .filter(() => random.below(5) === 0)
      .map(([name, [, values]]) => [name, values.filter(() => random.below(3) > 0)]),
  );
}

function matches(row: EndedRow, filter: Filter): boolean {
  return Object.entries(filter).every(([name, values]) =>
    values.includes(fieldsOf(row)[FILTERED[name]?.[0] ?? ''] ?? ''),
  );
}

test('an answer does not depend on what has been moved from deltas to rollups', async () => {
  const variables = {
    since: new Date(now - 30 * HOUR_MS).toISOString(),
    groupBy: ['METHOD', 'PATH_TEMPLATE', 'STATUS_CLASS', 'WORKLOAD'],
  };

  const before = await ask(variables);
  blocker.release(true);
  await until('all is compacted', async () => (await deltas()) === 0);
  const afterwards = await ask(variables);

  assert.deepEqual(afterwards, before);
});

test('what matches nothing has no groups', async () => {
  const since = new Date(now - HOUR_MS).toISOString();

  assert.deepEqual((await ask({ since, filter: { namespaces: [] } })).groups, []);
  assert.deepEqual((await ask({ since, filter: { namespaces: ['none'] } })).groups, []);
});

test('arguments that can not be used are refused, with their path and what is allowed, before Postgres is asked', async () => {
  const since = new Date(now - HOUR_MS).toISOString();
  const cases: [Record<string, unknown>, string, string][] = [
    [{ since, until: since }, 'since', `a moment before ${since}`],
    [{ since: '0001-01-01T00:00:00Z' }, 'since', '1970-01-01T00:00:00.000Z to 9999-12-31T23:59:59.999Z'],
    [{ since, until: '9000-01-01T00:00:00Z', bucket: 'DAY' }, 'bucket', 'at most 2000 buckets'],
    [{ since, filter: { statusClasses: [2, 6] } }, 'filter.statusClasses[1]', '0 for no response, or 1 to 5'],
    [{ since, filter: { namespaces: Array(101).fill('a') } }, 'filter.namespaces', 'at most 100 entries'],
    [
      { since, filter: { methods: ['\0'] } },
      'filter.methods[0]',
      '0 to 1000 characters of well-formed text without NUL',
    ],
  ];
  for (const [variables, argument, allowed] of cases) {
    const answer = await api.ask(QUERY, variables);

    assert.deepEqual(answer.errors?.[0]?.extensions, { code: 'BAD_USER_INPUT', argument, allowed });
    assert.deepEqual(api.statements, []);
  }
});

test('counts that take too long are STORE_TIMEOUT, with what to narrow', async () => {
  const pool = new pg.Pool({ connectionString: rig.postgres.url, statement_timeout: 50 });
  const locker = await rig.pool.connect();
  await locker.query('BEGIN; LOCK TABLE culvert.http_rollup_deltas IN ACCESS EXCLUSIVE MODE');
  const impatient = createTestGraphql(pool);
  impatient.now = now;

  const since = new Date(now - HOUR_MS).toISOString();
  const answer = await impatient.ask(QUERY, { since, bucket: 'MINUTE', groupBy: ['CLUSTER'] });
  await locker.query('ROLLBACK');
  locker.release();
  await pool.end();

  const { code, argument, narrow } = (answer.errors?.[0]?.extensions ?? {}) as Record<string, unknown>;
  assert.deepEqual([code, argument, narrow], ['STORE_TIMEOUT', 'bucket', ['bucket', 'groupBy', 'since']]);
});

/** Numbers that are the same in each run. */
function createRandom(seed: number) {
  let state = seed;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  return { below, of: <T>(values: readonly T[]): T => values[below(values.length)] as T };
}
