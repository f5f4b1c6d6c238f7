import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import { createDatabase } from '../query/database.ts';
import { readMatches } from '../query/transaction-statements.ts';
import type { Window } from '../query/transaction-windows.ts';
import { exchangeRow } from '../testing/rows.ts';
import { startTestStore, type TestStore } from '../testing/store.ts';
import { createRequestIdMinter, lowestRequestId } from '@culvert/traffic/request-id';
import { buildMissingIndexes } from '../store/indexes/build.ts';
import { createPartitions } from '../store/partition-ddl.ts';
import { SLICE_MS } from '../store/indexes/slices.ts';
import { HOUR_MS, hourlyPartitions } from '../store/partition-names.ts';
import type { ExchangeFilter } from './exchange-filter.ts';
import { filterSql } from './sql.ts';

const HOUR = Date.UTC(2026, 0, 30, 10);
const PARTITION = 'http_transactions_2026013010';
const RUNNING_HOUR = HOUR + HOUR_MS;
const EXCHANGES = 20_000;

let store: TestStore;

before(async () => {
  store = await startTestStore();
  await createPartitions(store.pool, [HOUR, RUNNING_HOUR].flatMap(hourlyPartitions));
  const mint = createRequestIdMinter();
  await store.insert('http_transactions', [exchangeRow(mint(HOUR))]);
  const { rows } = await store.pool.query<{ names: string }>(
    `SELECT string_agg(attname, ', ') AS names FROM pg_attribute
     WHERE attrelid = 'culvert.${PARTITION}'::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'request_id'`,
  );
  const names = rows[0]?.names ?? '';
  const copies = [
    ...Array.from({ length: EXCHANGES }, (_, n) => mint(HOUR + 1 + n)),
    ...Array.from({ length: EXCHANGES }, (_, n) => mint(RUNNING_HOUR + 100 * n)),
  ];
  await store.pool.query(
    `INSERT INTO culvert.http_transactions (request_id, ${names})
     SELECT id, ${names} FROM culvert.http_transactions, unnest($1::uuid[]) AS id`,
    [copies],
  );
  await store.insert('http_transactions', [
    exchangeRow(mint(HOUR + 99), {
      ...{ method: 'PURGE', status: 507, host: 'rare:80', path: '/rare', url: 'http://rare:80/rare' },
      ...{ namespace: 'rare', workload: 'rare', agent_id: 'rare', cluster: 'rare' },
      ...{ duration_us: 60_000_000, outcome: 2 },
    }),
  ]);
  await buildMissingIndexes({
    ...{ pool: store.pool, now: RUNNING_HOUR + 40 * 60_000, lockTimeoutMs: 5_000 },
    signal: new AbortController().signal,
  });
});
after(() => store.close());

const ALL: Window = { from: undefined, before: undefined };

/** The plan of the statement behind a filter, and how many rows it finds. */
async function explain(filter: ExchangeFilter, window: Window = ALL): Promise<string> {
  const sql = filterSql(filter, HOUR);
  assert.ok(sql);
  let plan = '';
  const explaining = new Proxy(store.pool, {
    get: (pool, property) =>
      property === 'connect'
        ? async () => {
            const client = await pool.connect();
            return {
              query: async (text: string, values: unknown[]) => {
                const result: pg.QueryResult<{ 'QUERY PLAN': string }> = await client.query(
                  `EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, BUFFERS OFF) ${text}`,
                  values,
                );
                plan = result.rows.map((row) => row['QUERY PLAN']).join('\n');
                return { ...result, rows: [] };
              },
              release: () => {
                client.release();
              },
            };
          }
        : (Reflect.get(pool, property) as unknown),
  });
  await readMatches(createDatabase(explaining), {
    ...{ columns: ['request_id'], filter: sql, limit: 51 },
    window,
  });
  return plan;
}

const RARE: readonly (readonly [name: string, filter: ExchangeFilter])[] = [
  ['methods', { methods: ['PURGE'] }],
  ['methods', { methods: ['PURGE', 'TRACE'] }],
  ['status', { status: { min: 507, max: 507 } }],
  ['status', { status: { min: 500 } }],
  ['host', { host: 'RARE' }],
  ['host', { host: 'rare:80' }],
  ['pathPrefix', { pathPrefix: '/rar' }],
  ['urlContains', { urlContains: 'RARE:80/ra' }],
  ['clusters', { clusters: ['rare'] }],
  ['namespaces', { namespaces: ['rare'] }],
  ['workloads', { workloads: ['rare', 'none'] }],
  ['agentIds', { agentIds: ['rare'] }],
  ['durationMs', { durationMs: { min: 10_000 } }],
  ['states', { states: ['CLIENT_ABORTED'] }],
  ['states', { states: ['OPEN', 'INCOMPLETE'] }],
];

for (const [name, filter] of RARE)
  test(`an index finds what is rare by ${name}: ${JSON.stringify(filter[name as keyof ExchangeFilter])}`, async () => {
    const plan = await explain(filter);

    const ofPartition = plan.split('\n').filter((line) => line.includes(PARTITION));
    assert.ok(ofPartition.length > 0, plan);
    assert.doesNotMatch(ofPartition.join('\n'), /Seq Scan|_pkey/, plan);
  });

for (const filter of [{ pathPrefix: '/rar' }, { urlContains: 'RARE:80/ra' }])
  test(`an index of a slice of the running hour finds what is rare: ${JSON.stringify(filter)}`, async () => {
    const from = RUNNING_HOUR + SLICE_MS;

    const whole = await explain(filter, {
      from: lowestRequestId(from),
      before: lowestRequestId(from + SLICE_MS),
    });
    const part = await explain(filter, {
      from: lowestRequestId(from),
      before: lowestRequestId(from + SLICE_MS / 2),
    });

    assert.match(whole, /_(path|url)_12\b/);
    assert.match(part, /_(path|url)_12\b/);
  });
