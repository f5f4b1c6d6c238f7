import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import pg from 'pg';
import { lowestRequestId } from '@culvert/traffic/request-id';
import { chunkRow, exchangeRow, requestIdAt } from '../testing/rows.ts';
import { createTestGraphql, type Answer, type TestGraphql } from '../testing/graphql.ts';
import { FIRST_HOUR, startTestStore, type TestStore } from '../testing/store.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

let store: TestStore;
let api: TestGraphql;

before(async () => {
  store = await startTestStore();
});
beforeEach(async () => {
  await store.clear();
  api = createTestGraphql(store.pool);
  api.now = FIRST_HOUR + 3 * HOUR_MS;
});
after(() => store.close());

interface Page {
  readonly transactions: {
    readonly edges: readonly { readonly cursor: string; readonly node: { readonly requestId: string } }[];
    readonly nodes: readonly { readonly requestId: string }[];
    readonly pageInfo: {
      readonly hasNextPage: boolean;
      readonly hasPreviousPage: boolean;
      readonly startCursor: string | null;
      readonly endCursor: string | null;
    };
  };
}

const QUERY = `query List($filter: TransactionFilter, $first: Int, $after: String) {
  transactions(filter: $filter, first: $first, after: $after) {
    edges { cursor node { requestId } } nodes { requestId }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;

async function page(variables: Readonly<Record<string, unknown>> = {}): Promise<Page['transactions']> {
  const answer = await api.ask<Page>(QUERY, variables);
  assert.equal(answer.errors, undefined, JSON.stringify(answer.errors));
  return answer.data.transactions;
}

async function refusal(variables: Readonly<Record<string, unknown>>): Promise<unknown> {
  const answer = await api.ask<Page>(QUERY, variables);
  return answer.errors?.[0]?.extensions;
}

function idsOf({ nodes }: Page['transactions']): string[] {
  return nodes.map((node) => node.requestId);
}

async function fill(
  times: readonly number[],
  more: Readonly<Record<string, unknown>> = {},
): Promise<string[]> {
  const ids = times.map((time) => requestIdAt(time));
  await store.insert(
    'http_transactions',
    ids.map((id) => exchangeRow(id, more)),
  );
  return ids;
}

test('pages follow one another to the oldest exchange, over partitions, without a gap or a repetition', async () => {
  const ids = await fill(Array.from({ length: 17 }, (_, n) => n * 10 * MINUTE_MS));
  const seen: string[] = [];
  const infos: Page['transactions']['pageInfo'][] = [];

  let after: string | null = null;
  do {
    const { nodes, edges, pageInfo }: Page['transactions'] = await page({ first: 6, after });
    seen.push(...nodes.map((node) => node.requestId));
    assert.deepEqual([edges[0]?.cursor, edges.at(-1)?.cursor], [pageInfo.startCursor, pageInfo.endCursor]);
    assert.deepEqual(
      edges.map(({ node }) => node),
      nodes,
    );
    infos.push(pageInfo);
    after = pageInfo.endCursor;
  } while (infos.at(-1)?.hasNextPage === true);

  assert.deepEqual(seen, ids.toReversed());
  assert.deepEqual(
    infos.map(({ hasPreviousPage, hasNextPage }) => [hasPreviousPage, hasNextPage]),
    [
      [false, true],
      [true, true],
      [true, false],
    ],
  );
});

test('a page that holds exactly what there is has no next one, and one past the end is empty', async () => {
  await fill([0, 1, 2]);

  const all = await page({ first: 3 });
  const none = await page({ first: 3, after: all.pageInfo.endCursor });

  assert.equal(all.pageInfo.hasNextPage, false);
  assert.deepEqual(none, {
    edges: [],
    nodes: [],
    pageInfo: { hasNextPage: false, hasPreviousPage: true, startCursor: null, endCursor: null },
  });
});

test('exchanges of one microsecond are told apart, so that no page loses one', async () => {
  const ids = await fill(Array.from({ length: 9 }, () => 5_000));

  const seen: string[] = [];
  let after: string | null = null;
  for (let n = 0; n < 5; n++) {
    const read: Page['transactions'] = await page({ first: 2, after });
    seen.push(...idsOf(read));
    after = read.pageInfo.endCursor;
  }

  assert.deepEqual(seen, ids.sort().toReversed());
});

test('what arrives while somebody turns pages appears where it belongs, and nowhere twice', async () => {
  const ids = await fill(Array.from({ length: 6 }, (_, n) => n * 20 * MINUTE_MS));

  const first = await page({ first: 3 });
  const newest = await fill([3 * HOUR_MS - 1]);
  const late = await fill([30 * MINUTE_MS]);
  const second = await page({ first: 10, after: first.pageInfo.endCursor });
  const fresh = await page({ first: 1 });

  assert.deepEqual(idsOf(first), ids.slice(3).toReversed());
  assert.deepEqual(idsOf(second), [ids[2], ...late, ids[1], ids[0]]);
  assert.deepEqual(idsOf(fresh), newest);
});

test('a cursor stays right when its exchange, or its whole partition, has gone', async () => {
  const ids = await fill([0, 1, 2, HOUR_MS, HOUR_MS + 1]);
  const gone = await page({ first: 2 });
  const [, second] = gone.edges;

  await store.pool.query('DELETE FROM culvert.http_transactions WHERE request_id = $1', [
    second?.node.requestId,
  ]);
  const afterRow = await page({ first: 10, after: second?.cursor });
  await store.pool.query('TRUNCATE culvert.http_transactions_test_1');
  await store.pool.query(
    'ALTER TABLE culvert.http_transactions DETACH PARTITION culvert.http_transactions_test_1',
  );
  const afterPartition = await page({ first: 10, after: second?.cursor });
  const filtered = await page({ first: 10, after: second?.cursor, filter: { states: ['COMPLETE'] } });
  await store.pool.query(
    `ALTER TABLE culvert.http_transactions ATTACH PARTITION culvert.http_transactions_test_1
     FOR VALUES FROM ('${lowestRequestId(FIRST_HOUR + HOUR_MS)}') TO ('${lowestRequestId(FIRST_HOUR + 2 * HOUR_MS)}')`,
  );

  const older = ids.slice(0, 3).toReversed();
  for (const read of [afterRow, afterPartition, filtered]) assert.deepEqual(idsOf(read), older);
});

test('first may be left out, and is 50 then', async () => {
  const ids = await fill(Array.from({ length: 52 }, (_, n) => n));

  const read = await page();
  const explicit = await page({ first: null });

  assert.deepEqual(idsOf(read), ids.slice(2).toReversed());
  assert.deepEqual(explicit, read);
});

test('each argument out of range is refused with its name and what is allowed', async () => {
  const bad = (argument: string, allowed: string) => ({ code: 'BAD_USER_INPUT', argument, allowed });
  const cursor = 'an endCursor or cursor of transactions';

  for (const first of [0, -1, 501]) assert.deepEqual(await refusal({ first }), bad('first', '1 to 500'));
  for (const after of ['', 'AQ', 'not a cursor', 'ä'.repeat(9_999), `${requestIdAt(0)}`])
    assert.deepEqual(await refusal({ after }), bad('after', cursor));
  assert.deepEqual(
    await refusal({ filter: { status: { min: 500, max: 499 } } }),
    bad('filter.status', 'min no greater than max'),
  );
  assert.deepEqual(
    await refusal({ filter: { since: '2026-01-02T00:00:00Z', until: '2026-01-01T00:00:00Z' } }),
    bad('filter.until', 'a moment after filter.since'),
  );
});

test('a cursor with anything added, cut or changed in its form is malformed', async () => {
  await fill([0]);
  const { pageInfo } = await page();
  const cursor = pageInfo.endCursor ?? '';

  const other = Buffer.from(cursor, 'base64url');
  other[0] = 2;
  const spoilt = [`${cursor}A`, `${cursor}=`, `${cursor} `, cursor.slice(0, -1), other.toString('base64url')];

  assert.equal(cursor.length, 23);
  for (const after of spoilt)
    assert.equal(((await refusal({ after })) as { argument?: string } | undefined)?.argument, 'after', after);
});

test('G3: a list with or without a filter reads no header and no body, whatever is light in it', async () => {
  const [id = ''] = await fill([0], { outcome: null });
  await store.insert('http_bodies', [chunkRow(id, 'response', 'ok')]);
  const query = `query($filter: TransactionFilter) { transactions(filter: $filter) { nodes {
    requestId method url status reasonPhrase timestamp agentId state httpVersion responseHttpVersion scheme host path cluster namespace workload pod node
    peerAddress capturedPort durationMs firstByteMs requestBodyBytes responseBodyBytes requestTruncated
    responseTruncated traceId tls { version } receivedAt } pageInfo { endCursor } } }`;

  for (const filter of [{}, { methods: ['POST'] }, { urlContains: 'cart', states: ['INCOMPLETE'] }]) {
    const answer = await api.ask<Page>(query, { filter });
    assert.equal(answer.data.transactions.nodes.length, 1);
    assert.doesNotMatch(api.statements.join('\n'), /headers|http_bodies|trailers|SELECT \*/);
  }
});

test('what is selected behind edges is read as well as what is selected of nodes, and nothing else', async () => {
  await fill([0]);

  const answer = await api.ask(
    '{ transactions { edges { node { ...Some } } nodes { requestHeaders } } } fragment Some on HttpTransaction { method }',
  );

  assert.deepEqual(answer.data, {
    transactions: {
      edges: [{ node: { method: 'POST' } }],
      nodes: [{ requestHeaders: '[["Host","cart.local"]]' }],
    },
  });
  assert.match(api.statements[0] ?? '', /^SELECT "request_id", "request_headers", "method" FROM/);
});

test('a filter that nothing can match asks the store for nothing', async () => {
  await fill([0]);

  const read = await page({ filter: { workloads: [] } });

  assert.deepEqual(read.nodes, []);
  assert.deepEqual(api.statements, []);
});

test('a list that takes too long is given up with what to narrow', async () => {
  await fill([0, HOUR_MS, 2 * HOUR_MS]);
  const slow = createTestGraphql(store.pool, { sqlTimeoutMs: 0 });
  slow.now = api.now;

  const text = await slow.ask(QUERY, { filter: { urlContains: 'nowhere' } });
  const other = await slow.ask(QUERY, { filter: { status: { min: 500 } } });
  const newest = await slow.ask('{ requests { requestId } }');

  assert.match(
    text.errors?.[0]?.message ?? '',
    /^The store took too long: give filter\.urlContains a longer text, or narrow the time by filter\.since and filter\.until\./,
  );
  assert.deepEqual(adviceOf(text), {
    code: 'STORE_TIMEOUT',
    argument: 'filter.urlContains',
    narrow: ['filter.urlContains', 'filter.since'],
  });
  assert.deepEqual(adviceOf(other), {
    code: 'STORE_TIMEOUT',
    argument: 'filter.since',
    narrow: ['filter.since'],
  });
  assert.deepEqual(adviceOf(newest), { code: 'STORE_TIMEOUT', argument: undefined, narrow: undefined });
  assert.match(newest.errors?.[0]?.message ?? '', /select fewer fields/);
  assert.doesNotMatch(newest.errors?.[0]?.message ?? '', /filter\./);
});

/** What a client can act on; the limit's own name and value are told of every such error. */
function adviceOf({ errors }: Answer<unknown>): unknown {
  const { code, argument, narrow } = (errors?.[0]?.extensions ?? {}) as Record<string, unknown>;
  return { code, argument, narrow };
}

test('a statement that Postgres cancels is told in the same way', async () => {
  await fill([0]);
  const holder = await store.pool.connect();
  await holder.query('BEGIN');
  await holder.query('LOCK TABLE culvert.http_transactions IN ACCESS EXCLUSIVE MODE');
  const hurried = new pg.Pool({ connectionString: store.server.url, statement_timeout: 50 });
  // Its session may outlive it until the server ends.
  hurried.on('error', () => undefined);

  const answer = await createTestGraphql(hurried, { sqlTimeoutMs: 50 }).ask(QUERY, {
    filter: { pathPrefix: '/x' },
  });
  await holder.query('ROLLBACK');
  holder.release();
  await hurried.end();

  assert.deepEqual(adviceOf(answer), {
    code: 'STORE_TIMEOUT',
    argument: 'filter.pathPrefix',
    narrow: ['filter.pathPrefix', 'filter.since'],
  });
});
