import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Outcome } from '@culvert/proto';
import pg from 'pg';
import { createDatabase } from '../query/database.ts';
import { agentsOfOpenExchanges } from '../query/exchange-agents.ts';
import { EXCHANGE_STATES } from '../query/exchange-state.ts';
import { readPageRows } from '../query/transaction-page.ts';
import type { TransactionRow } from '../query/transaction.ts';
import { agentRow, BOOT, exchangeRow, requestIdAt } from '../testing/rows.ts';
import { FIRST_HOUR, startTestStore, type TestStore } from '../testing/store.ts';
import type { ExchangeFilter } from './exchange-filter.ts';
import { compileFilter, matchesRow } from './match.ts';

// More than are looked at one by one, so that windows are read as well.
const EXCHANGES = 5_000;
const FILTERS = 400;
const SPAN_MS = 3 * 3_600_000;
const NOW = FIRST_HOUR + SPAN_MS;
const OTHER_BOOT = '22222222-2222-4222-8222-222222222222';

/** Numbers that are the same in each run (xorshift), so that what fails once fails again. */
function createRandom(seed: number) {
  let state = seed;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)] as T;
  return { next, pick, chance: (share: number): boolean => next() < share };
}

const random = createRandom(20_260_131);
const METHODS = ['GET', 'GET', 'GET', 'POST', 'get', 'X'.repeat(64), 'X'.repeat(70), 'É', null];
const HOSTS = [
  ...[
    'cart.local',
    'Cart.Local:8080',
    'cart.local:',
    'cart.local:8081',
    'cart',
    'cart.local.',
    '10.0.0.1:80',
    '10.0.0.1',
  ],
  ...['[::1]', '[::1]:80', '[::2]:80', '[', '[:80', '::1', 'a:b:80', 'a:b', 'ÄB.local', 'h%_.local', null],
];
const PATHS = [
  ...[
    '',
    '/',
    '/items',
    '/Items/1',
    '/items/2?q=50%',
    '/items_x',
    '/itemsäöü',
    '/\\',
    `/${'long'.repeat(80)}`,
  ],
  ...[`/${'long'.repeat(80)}er`, null],
];
const CLUSTERS = ['east', 'west', 'East'];
const NAMESPACES = ['shop', 'Shop', 'platform', ''];
const WORKLOADS = ['Deployment/cart', 'Deployment/api', 'Job/x'];
const AGENTS = ['agent-1', 'agent-2', 'agent-3', 'agent-unknown'];
const STATUSES = [null, 100, 200, 200, 201, 404, 500, 503, 999];
const DURATIONS = [null, 0, 1, 999, 1_000, 1_001, 5_678, 123_456, 60_000_000, 86_400_000_000];
const OUTCOMES = [
  ...[null, null, Outcome.OUTCOME_UNSPECIFIED, Outcome.OUTCOME_COMPLETE, Outcome.OUTCOME_CLIENT_ABORTED],
  ...[Outcome.OUTCOME_UPSTREAM_ABORTED, Outcome.OUTCOME_UPGRADED, Outcome.OUTCOME_UNPARSABLE, 77, -3],
];

let store: TestStore;
/** Reads by indexes wherever there is one. */
let indexPool: pg.Pool;
let rows: TransactionRow[];

before(async () => {
  store = await startTestStore();
  // Ends with the server at the latest; what it says then is of no interest.
  indexPool = new pg.Pool({ connectionString: store.server.url, options: '-c enable_seqscan=off' });
  indexPool.on('error', () => undefined);
  const made = Array.from({ length: EXCHANGES }, (_, index) => makeExchange(index));
  await store.insert('http_transactions', made);
  await store.insert('agents', [
    agentRow(NOW - 59_999.5),
    agentRow(NOW - 60_001, { agent_id: 'agent-2' }),
    // Restarted: what began before its last sign is another boot's.
    agentRow(NOW - 30_000, { agent_id: 'agent-3', boot_id: OTHER_BOOT }),
  ]);
  await store.pool.query('VACUUM ANALYZE culvert.http_transactions');
  const found = await store.pool.query<TransactionRow>(
    'SELECT * FROM culvert.http_transactions ORDER BY request_id DESC',
  );
  rows = found.rows;
});
after(async () => {
  await indexPool.end();
  await store.close();
});

function makeExchange(index: number): Readonly<Record<string, unknown>> {
  // Some of the last minute, so that ends by age are met.
  const at = random.chance(0.2) ? SPAN_MS - random.next() * 120_000 : (index / EXCHANGES) * SPAN_MS;
  const host = random.pick(HOSTS);
  const path = random.pick(PATHS);
  return exchangeRow(requestIdAt(at), {
    agent_id: random.pick(AGENTS),
    boot_id: random.pick([BOOT, OTHER_BOOT]),
    cluster: random.pick(CLUSTERS),
    namespace: random.pick(NAMESPACES),
    workload: random.pick(WORKLOADS),
    received_at: new Date(FIRST_HOUR + at),
    started_at: random.chance(0.2) ? null : new Date(FIRST_HOUR + at),
    method: random.pick(METHODS),
    host,
    path,
    url: path === null ? null : host === null ? path : `http://${host}${path}`,
    status: random.pick(STATUSES),
    duration_us: random.pick(DURATIONS),
    outcome: random.pick(OUTCOMES),
  });
}

function some<T>(values: readonly T[]): T[] {
  return Array.from({ length: random.pick([0, 1, 1, 1, 2, 3]) }, () => random.pick(values));
}

function range(values: readonly number[]): { min?: number; max?: number } {
  const [a, b] = [random.pick(values), random.pick(values)].sort((x, y) => x - y) as [number, number];
  return random.pick([{ min: a }, { max: b }, { min: a, max: b }, { min: a, max: a }]);
}

const TEXTS = [
  'items',
  'ITEMS',
  '/items/',
  'local:80',
  '50%',
  '_x',
  'äöü',
  'ÄB',
  '\\',
  'http://[',
  'q=5',
  'longer',
  'er',
];
const MILLISECONDS = [0, 0.001, 0.9995, 0.999, 1, 1.001, 5.678, 5.6785, 123.456, 60_000, 1e12];

/** Each field with a share of the filters, so that many have one, two or three. */
function makeFilter(): ExchangeFilter {
  const share = random.pick([0.08, 0.15, 0.25]);
  const times = [random.next(), random.next()]
    .sort((a, b) => a - b)
    .map((n) => Math.floor(FIRST_HOUR + n * SPAN_MS));
  const given = <T>(make: () => T): T | undefined => (random.chance(share) ? make() : undefined);
  const filter = {
    methods: given(() => some(METHODS.map((method) => method ?? ''))),
    status: given(() => range([0, 100, 200, 404, 500, 999])),
    host: given(() =>
      random.pick([...HOSTS.map((host) => host ?? 'CART.local'), 'cart.local:8080', 'äb.local']),
    ),
    pathPrefix: given(() => random.pick(PATHS.map((path) => path ?? '/it'))),
    urlContains: given(() => random.pick(TEXTS)),
    clusters: given(() => some(CLUSTERS)),
    namespaces: given(() => some(NAMESPACES)),
    workloads: given(() => some(WORKLOADS)),
    agentIds: given(() => some(AGENTS)),
    since: given(() => times[0]),
    until: given(() => times[1]),
    durationMs: given(() => range(MILLISECONDS)),
    states: given(() => some(EXCHANGE_STATES)),
  };
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

test('filters find in Postgres, page by page, what a naive scan by the live filter finds', async () => {
  const planned = createDatabase(store.pool);
  const indexed = createDatabase(indexPool);
  const agents = await agentsOfOpenExchanges(planned, rows);
  const found = { nothing: 0, some: 0 };
  for (let index = 0; index < FILTERS; index++) {
    const filter = makeFilter();
    const matcher = compileFilter(filter);
    const expected = rows
      .filter((row) => matchesRow(matcher, { row, now: NOW, agent: agents.get(row.agent_id ?? '') }))
      .map((row) => row.request_id);
    const limit = random.pick([1, 7, 50, 501]);
    const db = index % 2 === 0 ? planned : indexed;

    const read: string[] = [];
    let page: TransactionRow[];
    do {
      page = await readPageRows(db, {
        ...{ filter, limit, columns: ['request_id'], now: NOW, timeoutMs: 60_000 },
        below: read.at(-1),
      });
      read.push(...page.map((row) => row.request_id));
      // Small pages would take many: the first few tell enough.
    } while (page.length === limit && read.length < 8 * limit);

    assert.deepEqual(
      read,
      page.length === limit ? expected.slice(0, read.length) : expected,
      JSON.stringify(filter),
    );
    found[expected.length === 0 ? 'nothing' : 'some']++;
  }
  assert.ok(found.nothing > FILTERS / 20 && found.some > FILTERS / 3, JSON.stringify(found));
});
