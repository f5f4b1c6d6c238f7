import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from './rig/eventually.ts';
import { readBooks, type GraphqlClient } from './rig/graphql.ts';
import { followByEvents } from './rig/live-clients.ts';
import { startStack } from './rig/stack.ts';

interface Exchange {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly state: string;
  readonly durationMs: number;
  readonly workload: string;
}

interface Update {
  readonly data: { readonly trafficEvents: Exchange };
}

interface Group {
  readonly method: string;
  readonly pathTemplate: string;
  readonly statusClass: number;
  readonly count: number;
  readonly errors: number;
  readonly p50Ms: number;
}

const FIELDS = 'requestId method path status state durationMs workload';
// Held back until they are complete: an exchange that takes long would else be told of twice.
const LIVE = `subscription {
  trafficEvents(filter: { workloads: ["Deployment/checkout"], pathPrefix: "/api/", states: [COMPLETE] }) { ... on HttpTransaction { ${FIELDS} } } }`;
const LIST = `query ($after: String) {
  transactions(filter: { workloads: ["Deployment/checkout"], pathPrefix: "/api/" }, first: 20, after: $after) { nodes { ${FIELDS} } pageInfo { endCursor hasNextPage } } }`;
const STATS = `query ($since: DateTime!) {
  transactionStats(since: $since, groupBy: [METHOD, PATH_TEMPLATE, STATUS_CLASS],
    filter: { workloads: ["Deployment/checkout"] }) {
    groups { method pathTemplate statusClass count errors p50Ms } } }`;

/** Requests of every kind, and how many of each. */
const KINDS = [
  {
    method: 'GET',
    path: (i: number) => `/api/orders/${i}`,
    template: '/api/orders/{number}',
    status: 200,
    count: 30,
  },
  { method: 'POST', path: () => '/api/orders?status=201', template: '/api/orders', status: 201, count: 12 },
  {
    method: 'GET',
    path: (i: number) => `/api/carts/${i}?status=404`,
    template: '/api/carts/{number}',
    status: 404,
    count: 7,
  },
  {
    method: 'DELETE',
    path: (i: number) => `/api/orders/${i}?status=503`,
    template: '/api/orders/{number}',
    status: 503,
    count: 4,
  },
] as const;
const TOTAL = KINDS.reduce((sum, { count }) => sum + count, 0);

test('what a sidecar captures is the same live, in lists and in statistics, each exchange once', async (t) => {
  const stack = await startStack(t);
  const since = new Date().toISOString();
  const follower = followByEvents(stack.orchestrator().apiUrl, LIVE);
  t.after(follower.leave);
  const { metricsUrl } = stack.orchestrator();
  await eventually(
    async () => (await fetch(`${metricsUrl}/metrics`)).text(),
    (text) => /^culvert_graphql_subscriptions\{transport="\w+"\} 1$/m.test(text),
    'the subscriber is served',
  );

  await Promise.all(
    KINDS.flatMap(({ method, path, count }) =>
      Array.from({ length: count }, async (_, i) => {
        const response = await fetch(`http://127.0.0.1:${stack.port}${path(i)}`, { method });
        await response.arrayBuffer();
      }),
    ),
  );
  const live = await eventually(
    () => follower.updates(),
    ({ length }) => length === TOTAL,
    'the subscriber has seen all exchanges',
  );
  const books = await eventually(
    () => readBooks(stack.graphql),
    (now) => now?.stored === TOTAL,
    'all exchanges are stored',
  );
  const listed = await readAll(stack.graphql);
  const { transactionStats } = await stack.graphql.query<{ transactionStats: { groups: Group[] } }>(STATS, {
    since,
  });

  assert.equal(books?.balanced, true);
  assert.deepEqual(byId(listed), byId(live.map((update) => (update as Update).data.trafficEvents)));
  const { groups } = transactionStats;
  assert.deepEqual(
    groups.map(({ p50Ms: _, ...group }) => group).toSorted((a, b) => b.count - a.count),
    KINDS.map(({ method, template, status, count }) => ({
      method,
      pathTemplate: template,
      statusClass: Math.floor(status / 100),
      count,
      errors: status >= 500 ? count : 0,
    })),
  );
  for (const group of groups) {
    const durations = listed
      .filter(
        ({ method, status, path }) =>
          method === group.method &&
          Math.floor(status / 100) === group.statusClass &&
          path.startsWith(group.pathTemplate.replace('{number}', '')),
      )
      .map(({ durationMs }) => durationMs)
      .toSorted((a, b) => a - b);
    const median = durations[Math.ceil(durations.length / 2) - 1] ?? Number.NaN;
    // A bucket of the histogram is 9 % wide, what stands for it at most 4.4 % away.
    assert.ok(Math.abs(group.p50Ms / median - 1) < 0.05, `${group.p50Ms} ms for ${median} ms`);
  }
});

function byId(exchanges: readonly Exchange[]): Exchange[] {
  return exchanges.toSorted((a, b) => (a.requestId < b.requestId ? -1 : 1));
}

async function readAll(graphql: GraphqlClient): Promise<Exchange[]> {
  const all: Exchange[] = [];
  for (let after: string | null = null, more = true; more;) {
    const { transactions }: { transactions: Page } = await graphql.query(LIST, { after });
    all.push(...transactions.nodes);
    after = transactions.pageInfo.endCursor;
    more = transactions.pageInfo.hasNextPage;
  }
  return all;
}

interface Page {
  readonly nodes: Exchange[];
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
}
