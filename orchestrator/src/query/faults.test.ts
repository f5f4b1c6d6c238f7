import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { GraphQLError } from 'graphql';
import pg from 'pg';
import type { UpdateStream } from '../live/update-stream.ts';
import { createTestGraphql } from '../testing/graphql.ts';
import { createTestLog } from '../testing/log.ts';
import { startTestStore, type TestStore } from '../testing/store.ts';

/** A source that brings nothing. */
const updates: UpdateStream<never> = {
  poll: () => undefined,
  next: () => Promise.resolve({ done: true, value: undefined }),
  return: () => Promise.resolve({ done: true, value: undefined }),
  [Symbol.asyncIterator]() {
    return this;
  },
};

let store: TestStore;

before(async () => {
  store = await startTestStore();
});
after(() => store.close());

test('G2: an unexpected error shows an id only, under which the log has the rest', async () => {
  const { log, lines } = createTestLog();
  const broken = { connect: () => Promise.reject(new TypeError('secret detail')) } as unknown as pg.Pool;
  const api = createTestGraphql(broken, { log });

  const answer = await api.ask('{ requests { requestId } }');

  const id = answer.errors?.[0]?.extensions?.id ?? '';
  assert.match(id, /^[0-9a-f-]{36}$/);
  assert.deepEqual(answer.errors?.[0]?.extensions, { code: 'INTERNAL', id });
  assert.doesNotMatch(JSON.stringify(answer), /secret detail/);
  const [line] = lines.filter((candidate) => candidate['id'] === id);
  assert.match(JSON.stringify(line), /secret detail/);
});

test('a refusal by Postgres that nobody foresaw is masked too', async () => {
  const { log, lines } = createTestLog();
  const pool = new pg.Pool({
    connectionString: store.server.url,
    options: '-c default_transaction_isolation=bad',
  });
  const api = createTestGraphql(pool, { log });

  const answer = await api.ask('{ requests { requestId } }');
  await pool.end();

  assert.equal(answer.errors?.[0]?.extensions?.code, 'INTERNAL');
  assert.ok(lines.some((line) => line['id'] === answer.errors?.[0]?.extensions?.id));
});

test('G2: a statement beyond its time limit is STORE_TIMEOUT, with the limit, and others pass', async () => {
  const pool = new pg.Pool({ connectionString: store.server.url, statement_timeout: 50 });
  const blocker = await store.pool.connect();
  await blocker.query('BEGIN; LOCK TABLE culvert.http_transactions IN ACCESS EXCLUSIVE MODE');
  const api = createTestGraphql(pool, { limits: { sqlTimeoutMs: 50 } });
  const queries = [
    '{ requests { requestId } }',
    '{ request(id: "01890a5d-ac96-774b-bcce-b302099a8057") { url } }',
    '{ transactions(first: 1) { nodes { url } } }',
  ];

  const answers = [];
  for (const query of queries) answers.push(await api.ask(query));
  const passing = await api.ask('{ agents { agentId } }');
  await blocker.query('ROLLBACK');
  blocker.release();
  await pool.end();

  for (const { errors } of answers) {
    const { code, limit, allowed } = errors?.[0]?.extensions as Record<string, unknown>;
    assert.deepEqual([code, limit, allowed], ['STORE_TIMEOUT', 'CULVERT_SQL_TIMEOUT_MS', 50]);
    assert.match(errors?.[0]?.message ?? '', / CULVERT_SQL_TIMEOUT_MS allows 50 ms\.$/);
  }
  assert.equal(passing.errors, undefined);
});

test('G2: a subscription whose source breaks shows an id only', async () => {
  const { log, lines } = createTestLog();
  const broken = Promise.reject(new TypeError('secret detail'));
  broken.catch(() => undefined);
  const source = { ...updates, next: () => broken };
  const { graphql } = createTestGraphql(store.pool, {
    log,
    systemMetrics: { follow: () => source, stop: () => undefined },
  });
  const prepared = graphql.prepare({ query: 'subscription { systemMetricsUpdates { agentId } }' });
  assert.ok(prepared.kind === 'ready');

  const events = await graphql.subscribe(prepared.args);
  assert.ok(Symbol.asyncIterator in events);
  const error: unknown = await events.next().catch((reason: unknown) => reason);

  assert.ok(error instanceof GraphQLError);
  assert.equal(error.extensions['code'], 'INTERNAL');
  assert.doesNotMatch(JSON.stringify(error), /secret detail/);
  assert.ok(lines.some((line) => line['id'] === error.extensions['id']));
});

test('tables that do not exist yet are STORE_UNAVAILABLE', async () => {
  await store.pool.query('CREATE DATABASE empty');
  const pool = new pg.Pool({ connectionString: store.server.url.replace(/[^/]*$/, 'empty') });
  const api = createTestGraphql(pool);

  const answer = await api.ask('{ agents { agentId } }');
  await pool.end();

  assert.equal(answer.errors?.[0]?.extensions?.code, 'STORE_UNAVAILABLE');
});

test('Postgres away is STORE_UNAVAILABLE, and queries work again when it is back', async () => {
  const pool = new pg.Pool({ connectionString: store.server.url });
  pool.on('error', () => undefined);
  const { log, lines } = createTestLog();
  const api = createTestGraphql(pool, { log });
  const query = '{ requests { requestId } agents { agentId } }';

  const there = await api.ask(query);
  await store.server.stop('immediate');
  const away = await api.ask(query);
  await store.server.restart();
  const back = await api.ask(query);
  await pool.end();

  assert.equal(there.errors, undefined);
  assert.equal(away.errors?.[0]?.extensions?.code, 'STORE_UNAVAILABLE');
  assert.equal(back.errors, undefined);
  assert.ok(lines.some((line) => line['code'] === 'STORE_UNAVAILABLE'));
});

test('mistakes in a query are told as they are, with a code', async () => {
  const api = createTestGraphql(store.pool);

  const syntax = await api.ask('{ requests {');
  const unknown = await api.ask('{ requests { nothing } }');
  const argument = await api.ask('{ request { requestId } }');

  assert.equal(syntax.errors?.[0]?.extensions?.code, 'GRAPHQL_PARSE_FAILED');
  assert.equal(unknown.errors?.[0]?.extensions?.code, 'GRAPHQL_VALIDATION_FAILED');
  assert.match(unknown.errors[0].message, /Cannot query field "nothing"/);
  assert.equal(argument.errors?.[0]?.extensions?.code, 'BAD_USER_INPUT');
});

test('a query beyond its limits is refused before any of it runs', async () => {
  const api = createTestGraphql(store.pool, { limits: { maxAliases: 1 } });

  const answer = await api.ask('{ a: agents { agentId } b: agents { agentId } }');

  assert.deepEqual(answer.errors?.[0]?.extensions, {
    code: 'TOO_MANY_ALIASES',
    limit: 'CULVERT_QUERY_ALIASES',
    allowed: 1,
  });
  assert.deepEqual(api.statements, []);
});

test('operations are timed by their name, and only so many names are kept', async () => {
  const api = createTestGraphql(store.pool);

  for (let n = 0; n < 101; n++) await api.ask(`query Name${n} { __typename }`);
  await api.ask('{ __typename }');
  const metrics = await api.registry.metrics();

  assert.match(metrics, /operation_duration_seconds_count\{operation="Name99",outcome="ok"\} 1/);
  assert.match(metrics, /operation_duration_seconds_count\{operation="other",outcome="ok"\} 1/);
  assert.match(metrics, /operation_duration_seconds_count\{operation="unnamed",outcome="ok"\} 1/);
});
