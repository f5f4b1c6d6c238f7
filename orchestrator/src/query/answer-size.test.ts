import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import { createTestGraphql, type TestGraphql } from '../testing/graphql.ts';
import { chunkRow, exchangeRow, requestIdAt } from '../testing/rows.ts';
import { startTestStore, type TestStore } from '../testing/store.ts';

const ALLOWED = 65_536;
/** As base64 three of them fit and four don't. */
const BODY_BYTES = 15_000;

let store: TestStore;
let api: TestGraphql;

before(async () => {
  store = await startTestStore();
  api = createTestGraphql(store.pool, { limits: { maxAnswerBytes: ALLOWED } });
});
beforeEach(() => store.clear());
after(() => store.close());

const refused = {
  data: null,
  errors: [
    {
      message:
        'The answer is too large: ask for fewer exchanges at once, or for their bodies one by one with request(id); CULVERT_MAX_ANSWER_BYTES allows 65536.',
      extensions: { code: 'ANSWER_TOO_LARGE', limit: 'CULVERT_MAX_ANSWER_BYTES', allowed: ALLOWED },
    },
  ],
};

async function fill(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, index) => requestIdAt(index));
  const bytes = { response_body_bytes: BODY_BYTES, response_captured_bytes: BODY_BYTES };
  await store.insert(
    'http_transactions',
    ids.map((id) => exchangeRow(id, bytes)),
  );
  await store.insert(
    'http_bodies',
    ids.map((id) => chunkRow(id, 'response', 'b'.repeat(BODY_BYTES))),
  );
  return ids;
}

test('bodies that make an answer too large are refused with what to ask for instead, and stay in Postgres', async () => {
  await fill(4);
  const read: (Buffer | null)[] = [];
  const spied = createTestGraphql(
    new Proxy(store.pool, {
      get: (pool, property) => {
        if (property !== 'connect') return Reflect.get(pool, property) as unknown;
        return async () => {
          const client = await pool.connect();
          const query = async (text: string, values: unknown[]) => {
            const found = await client.query<{ data?: Buffer | null }>(text, values);
            for (const { data } of found.rows) if (data !== undefined) read.push(data);
            return found;
          };
          return {
            query,
            release: () => {
              client.release();
            },
          };
        };
      },
    }),
    { limits: { maxAnswerBytes: ALLOWED } },
  );

  const answer = await spied.ask('{ transactions(first: 4) { nodes { responseBody } } }');
  const fits = await api.ask<{ transactions: { nodes: { responseBody: string }[] } }>(
    '{ transactions(first: 3) { nodes { responseBody } } }',
  );

  assert.deepEqual(answer, refused);
  assert.deepEqual(
    read.map((data) => data?.length),
    [BODY_BYTES, BODY_BYTES, BODY_BYTES, undefined],
  );
  assert.equal(fits.data.transactions.nodes.length, 3);
  for (const { responseBody } of fits.data.transactions.nodes) assert.equal(responseBody.length, 20_000);
});

test('what several lists of an operation, or several names of a field, bring together counts', async () => {
  const [id = ''] = await fill(3);

  const lists = await api.ask(
    '{ a: transactions(first: 2) { nodes { responseBody } } b: transactions(first: 2) { nodes { responseBody } } }',
  );
  const names = await api.ask(
    `{ request(id: "${id}") { a: responseBody b: responseBody c: responseBody d: responseBody } }`,
  );

  for (const answer of [lists, names]) assert.deepEqual(answer, refused);
});

test('what has to be read twice for one answer counts once', async () => {
  const [broken = ''] = await fill(3);
  await store.pool.query('UPDATE culvert.http_bodies SET encoding = 99 WHERE request_id = $1', [broken]);
  const query = '{ transactions(first: 3) { nodes { responseBody } } }';

  const answer = await api.ask<{ transactions: { nodes: { responseBody: string | null }[] } }>(query);

  assert.deepEqual(
    answer.data.transactions.nodes.map(({ responseBody }) => responseBody?.length),
    [20_000, 20_000, undefined],
  );
  assert.equal(answer.errors?.[0]?.extensions?.code, 'INTERNAL');
});

test('long addresses count as well as bodies do', async () => {
  const id = requestIdAt(0);
  await store.insert('http_transactions', [
    exchangeRow(id, { url: `http://cart.local/${'u'.repeat(20_000)}` }),
  ]);

  const fits = await api.ask<{ request: { a: string } }>(`{ request(id: "${id}") { a: url b: url c: url } }`);
  const answer = await api.ask(`{ request(id: "${id}") { a: url b: url c: url d: url } }`);

  assert.equal(fits.data.request.a.length, 20_018);
  assert.deepEqual(answer, refused);
});

test('a body that unpacks to far more than is stored counts by what it becomes', async () => {
  const id = requestIdAt(0);
  const data = zstdCompressSync(Buffer.alloc(ALLOWED));
  await store.insert('http_transactions', [exchangeRow(id, { response_body_bytes: ALLOWED })]);
  await store.insert('http_bodies', [
    chunkRow(id, 'response', '', { chunk_bytes: data.length, encoding: 2, data }),
  ]);

  const answer = await api.ask(`{ request(id: "${id}") { responseBody } }`);

  assert.ok(data.length < 100);
  assert.deepEqual(answer, refused);
});
