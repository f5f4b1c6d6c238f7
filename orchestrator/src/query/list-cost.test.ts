import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { chunkRow, exchangeRow, headerBlock, requestIdAt } from '../testing/rows.ts';
import { createTestGraphql } from '../testing/graphql.ts';
import { startTestStore, type TestStore } from '../testing/store.ts';

const EXCHANGES = 3_000;
/** Where the first window of a list begins, or further back. */
const LOWEST = '00000000-0000-0000-0000-000000000000';
/** Far more than fits beside a row, as random text that doesn't compress. */
const HEADERS_BYTES = 6_000;
const BODY_BYTES = 10_000;

let store: TestStore;

before(async () => {
  store = await startTestStore();
  const random = (bytes: number): string =>
    Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('latin1');
  const headers = headerBlock([['Cookie', random(HEADERS_BYTES)]]);
  const first = requestIdAt(0);
  await store.insert('http_transactions', [
    exchangeRow(first, { request_headers: headers, response_headers: headers }),
  ]);
  await store.insert('http_bodies', [chunkRow(first, 'response', random(BODY_BYTES))]);
  const more = Array.from({ length: EXCHANGES - 1 }, (_, index) => requestIdAt(index + 1));
  for (const table of ['http_transactions', 'http_bodies']) {
    await store.pool.query(`CREATE TABLE culvert.copies AS SELECT * FROM culvert.${table}`);
    await store.pool.query('ALTER TABLE culvert.copies DROP COLUMN request_id');
    const { rows } = await store.pool.query<{ names: string }>(
      `SELECT string_agg(attname, ', ') AS names FROM pg_attribute
       WHERE attrelid = 'culvert.copies'::regclass AND attnum > 0 AND NOT attisdropped`,
    );
    const names = rows[0]?.names ?? '';
    await store.pool.query(
      `INSERT INTO culvert.${table} (request_id, ${names})
       SELECT id, ${names} FROM culvert.copies, unnest($1::uuid[]) AS id`,
      [more],
    );
    await store.pool.query('DROP TABLE culvert.copies');
  }
  await store.pool.query('VACUUM ANALYZE culvert.http_transactions, culvert.http_bodies');
});
after(() => store.close());

/** How many blocks of 8 KiB a statement looks at. */
async function blocks(statement: string, limit: number): Promise<number> {
  const { rows } = await store.pool.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${statement.replace('$2', String(limit)).replace('$1', `'${LOWEST}'`)}`,
  );
  const plan = rows[0]?.['QUERY PLAN'][0].Plan ?? {};
  return (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0);
}

test('S1-31: a list among thousands of exchanges reads some blocks and answers in some kilobytes', async () => {
  const api = createTestGraphql(store.pool);

  const answer = await api.ask<{ requests: unknown[] }>(
    '{ requests { requestId method url status timestamp agentId state durationMs } }',
  );

  assert.equal(answer.data.requests.length, 50);
  assert.ok(JSON.stringify(answer).length < 16 * 1024);
  const { rows } = await store.pool.query<{ blocks: number }>(
    `SELECT sum(pg_table_size(inhrelid) / 8192)::int AS blocks FROM pg_inherits
     WHERE inhparent IN ('culvert.http_transactions'::regclass, 'culvert.http_bodies'::regclass)`,
  );
  assert.ok((rows[0]?.blocks ?? 0) > 5_000, 'there is much to read');
  const [statement = '', ...others] = api.statements;
  assert.deepEqual(others, [], 'one statement');
  assert.ok((await blocks(statement, 50)) < 100);
  assert.ok((await blocks(statement, EXCHANGES)) < EXCHANGES, 'not a block for each exchange either');
});
