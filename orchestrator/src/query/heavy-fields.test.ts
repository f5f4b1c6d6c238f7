import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import { chunkRow, exchangeRow, headerBlock, requestIdAt } from '../testing/rows.ts';
import { createTestGraphql, TEST_LIMITS, type TestGraphql } from '../testing/graphql.ts';
import { startTestStore, type TestStore } from '../testing/store.ts';

let store: TestStore;
let api: TestGraphql;
const id = requestIdAt(0);

before(async () => {
  store = await startTestStore();
  api = createTestGraphql(store.pool);
});
beforeEach(async () => {
  await store.clear();
  await store.insert('http_transactions', [exchangeRow(id)]);
  await store.insert('http_bodies', [chunkRow(id, 'request', 'hello'), chunkRow(id, 'response', 'ok')]);
});
after(() => store.close());

const HEAVY = /request_headers|response_headers|_trailers|http_bodies/;
const one = (fields: string): Promise<unknown> => api.ask(`{ request(id: "${id}") { ${fields} } }`);
const base64 = (text: string): string => Buffer.from(text).toString('base64');

test('S1-23: the heavy fields are headers as JSON pairs and bodies as base64', async () => {
  const answer = await one('requestBody requestHeaders responseBody responseHeaders');

  assert.deepEqual(answer, {
    data: {
      request: {
        requestBody: base64('hello'),
        requestHeaders: '[["Host","cart.local"]]',
        responseBody: base64('ok'),
        responseHeaders: '[["Content-Length","2"]]',
      },
    },
  });
});

/** What was read of exchanges. A list that finds few also asks the catalog whether there are older partitions. */
function reads(): string[] {
  return api.statements.filter((statement) => !statement.includes('FROM pg_inherits'));
}

test('S1-28: a list of light fields is one statement that touches no header and no body', async () => {
  await api.ask('{ requests { requestId method url status } }');

  assert.deepEqual(reads(), [
    'SELECT "request_id", "method", "url", "status" FROM culvert.http_transactions AS exchanges WHERE request_id >= $1 ORDER BY request_id DESC LIMIT $2',
  ]);
});

test('S1-27: no light field, alone or with all the others, reads a header or a body', async () => {
  await api.ask(
    `{ requests { requestId method url status timestamp agentId state httpVersion scheme host path cluster namespace
       workload pod node peerAddress capturedPort durationMs firstByteMs requestBodyBytes responseBodyBytes
       requestTruncated responseTruncated traceId tls { version } receivedAt reasonPhrase responseHttpVersion } }`,
  );

  assert.equal(reads().length, 1);
  assert.doesNotMatch(api.statements.join('\n'), HEAVY);
});

for (const side of ['request', 'response'] as const) {
  test(`S1-30: ${side}Headers alone reads its own column and nothing else`, async () => {
    await api.ask(`{ requests { ${side}Headers } }`);

    assert.deepEqual(reads(), [
      `SELECT "request_id", "${side}_headers" FROM culvert.http_transactions AS exchanges WHERE request_id >= $1 ORDER BY request_id DESC LIMIT $2`,
    ]);
  });

  test(`${side}Trailers alone reads its own column, and null says that there are none`, async () => {
    const told = requestIdAt(1);
    const fields = [
      ['X-Checksum', 'caf\u00e9'],
      ['x-checksum', ''],
    ] as const;
    await store.insert('http_transactions', [
      exchangeRow(told, { [`${side}_trailers`]: headerBlock(fields) }),
    ]);

    const answer = await api.ask(`{ requests { trailers: ${side}Trailers } }`);

    assert.deepEqual(answer.data, { requests: [{ trailers: JSON.stringify(fields) }, { trailers: null }] });
    assert.match(reads()[0] ?? '', new RegExp(`^SELECT "request_id", "${side}_trailers" FROM`));
    assert.equal(reads().length, 1);
  });

  test(`S1-30: ${side}Body alone reads the bodies of its own direction and no header`, async () => {
    const answer = await one(`${side}Body`);

    assert.deepEqual(answer, {
      data: { request: { [`${side}Body`]: base64(side === 'request' ? 'hello' : 'ok') } },
    });
    const [exchange, bodies, ...more] = api.statements;
    assert.deepEqual(more, []);
    assert.doesNotMatch(exchange ?? '', HEAVY);
    assert.match(bodies ?? '', /^select .*"data" from "culvert"."http_bodies" where .* "direction" = \$/);
  });
}

test('S1-29: a detail query reads the bodies of its one exchange only', async () => {
  const neighbour = requestIdAt(1);
  await store.insert('http_transactions', [exchangeRow(neighbour)]);
  await store.insert('http_bodies', [chunkRow(neighbour, 'request', 'other')]);
  const parameters: unknown[][] = [];
  const spied = createTestGraphql(
    new Proxy(store.pool, {
      get: (pool, property) => {
        if (property !== 'connect') return Reflect.get(pool, property) as unknown;
        return async () => {
          const client = await pool.connect();
          return {
            query: (sql: string, values: unknown[]) => {
              parameters.push(values);
              return client.query(sql, values);
            },
            release: () => {
              client.release();
            },
          };
        };
      },
    }),
  );

  await spied.ask(`{ request(id: "${id}") { requestBody requestHeaders responseBody responseHeaders } }`);

  assert.equal(spied.statements.length, 3);
  const allowed = TEST_LIMITS.maxAnswerBytes * 0.75;
  assert.deepEqual(parameters, [
    [id],
    [allowed, [id], ['agent-1'], 1],
    [allowed - 'hello'.length, [id], ['agent-1'], 2],
  ]);
});

test('a list with bodies reads them by one statement, not by one each', async () => {
  const more = [requestIdAt(1), requestIdAt(2)];
  await store.insert(
    'http_transactions',
    more.map((other) => exchangeRow(other)),
  );
  await store.insert(
    'http_bodies',
    more.map((other) => chunkRow(other, 'request', other)),
  );

  const answer = await api.ask('{ requests { requestBody } }');

  assert.equal(reads().length, 2);
  assert.deepEqual(answer.data, {
    requests: [...more.toReversed(), 'hello'].map((text) => ({ requestBody: base64(text) })),
  });
});

test('bodies are looked up by key, in the partition of their exchange only', async () => {
  await api.ask(`{ request(id: "${id}") { requestBody } }`);
  const statement = api.statements[1]
    ?.replace('$1', '1000')
    .replace('$2', `'{${id}}'`)
    .replace('$3', `'{agent-1}'`)
    .replace('$4', '1');

  const { rows } = await store.pool.query<{ 'QUERY PLAN': string }>(`EXPLAIN (COSTS OFF) ${statement ?? ''}`);

  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  assert.match(plan, /Index Scan .*http_bodies_test_0/);
  assert.doesNotMatch(plan, /test_1|test_2/);
});

test('what is skipped, aliased or in fragments counts as what it is', async () => {
  const query = `query Q($no: Boolean!, $yes: Boolean!) {
    requests { ...Deep skipped: responseHeaders @skip(if: $yes) ... @include(if: $no) { requestBody } }
  }
  fragment Deep on HttpTransaction { ... on HttpTransaction { theirs: requestHeaders } }`;

  const answer = await api.ask(query, { no: false, yes: true });

  assert.deepEqual(answer, { data: { requests: [{ theirs: '[["Host","cart.local"]]' }] } });
  assert.equal(reads().length, 1);
  assert.match(reads()[0] ?? '', /request_headers/);
  assert.doesNotMatch(reads()[0] ?? '', /response_headers|http_bodies/);
});

test('a body is put together in order and ends at the first missing piece', async () => {
  const split = requestIdAt(1);
  await store.insert('http_transactions', [exchangeRow(split, { request_body_bytes: 20 })]);
  await store.insert('http_bodies', [
    chunkRow(split, 'request', 'world', { chunk_offset: 5, encoding: 2, data: zstdCompressSync('world') }),
    chunkRow(split, 'request', 'hello'),
    chunkRow(split, 'request', 'later', { chunk_offset: 15 }),
  ]);

  const answer = await api.ask(`{ request(id: "${split}") { requestBody } }`);

  assert.deepEqual(answer, { data: { request: { requestBody: base64('helloworld') } } });
});

test('null says that a body was not captured, the empty text that it is empty', async () => {
  const [none, empty] = [requestIdAt(1), requestIdAt(2)];
  await store.insert('http_transactions', [
    exchangeRow(none, { request_body_bytes: 7, request_captured_bytes: 0 }),
    exchangeRow(empty, { request_body_bytes: 0, request_captured_bytes: 0 }),
  ]);

  const answer = await api.ask('{ requests { requestBody } }');

  assert.deepEqual(answer, {
    data: { requests: [{ requestBody: '' }, { requestBody: null }, { requestBody: base64('hello') }] },
  });
});

test('chunks that another agent wrote under the same id do not count', async () => {
  const forged = requestIdAt(1);
  await store.insert('http_transactions', [exchangeRow(forged)]);
  await store.insert('http_bodies', [chunkRow(forged, 'request', 'forgd', { agent_id: 'agent-2' })]);

  const answer = await api.ask(`{ request(id: "${forged}") { requestBody requestBodyState } }`);

  assert.deepEqual(answer, { data: { request: { requestBody: null, requestBodyState: 'PENDING' } } });
});

test('headers keep their order, case, duplicates and bytes', async () => {
  const odd = requestIdAt(1);
  const fields = [
    ['X-b', '2'],
    ['x-A', 'caf\u00e9\u0000'],
    ['X-b', '1'],
  ] as const;
  await store.insert('http_transactions', [
    exchangeRow(odd, { request_headers: headerBlock(fields), response_headers: headerBlock([]) }),
  ]);

  const answer = await api.ask<{ request: { requestHeaders: string; responseHeaders: string } }>(
    `{ request(id: "${odd}") { requestHeaders responseHeaders } }`,
  );

  assert.deepEqual(JSON.parse(answer.data.request.requestHeaders), fields);
  assert.equal(answer.data.request.responseHeaders, '[]');
});

test('the status line is told as it stood: an empty reason is a text, no status line at all is null', async () => {
  const line = { status: 401, reason: 'Token+timed+out. caf\u00e9', response_http_version: '1.0' };
  const unknown = { status: null, reason: null, response_http_version: null };
  await store.insert('http_transactions', [
    exchangeRow(requestIdAt(1), line),
    exchangeRow(requestIdAt(2), { ...line, reason: null }),
    exchangeRow(requestIdAt(3), unknown),
  ]);

  const answer = await api.ask('{ requests { reasonPhrase responseHttpVersion httpVersion } }');

  const told = [
    { reasonPhrase: null, responseHttpVersion: null, httpVersion: '1.1' },
    { reasonPhrase: '', responseHttpVersion: '1.0', httpVersion: '1.1' },
    { reasonPhrase: line.reason, responseHttpVersion: '1.0', httpVersion: '1.1' },
  ];
  assert.deepEqual((answer.data as { requests: unknown[] }).requests.slice(0, 3), told);
});

test('what is stored of bodies is asked for only where their state depends on it', async () => {
  await store.clear();
  const bodies = { request_body_bytes: 5, response_body_bytes: 0 };
  await store.insert('http_transactions', [
    exchangeRow(requestIdAt(2), { ...bodies, request_captured_bytes: 0 }),
    exchangeRow(requestIdAt(1), { ...bodies, outcome: null }),
  ]);

  const answer = await api.ask('{ requests { requestBodyState responseBodyState } }');

  assert.deepEqual(answer, {
    data: {
      requests: [
        { requestBodyState: 'NOT_CAPTURED', responseBodyState: 'COMPLETE' },
        { requestBodyState: 'PENDING', responseBodyState: 'PENDING' },
      ],
    },
  });
  assert.equal(
    api.statements.some((statement) => statement.includes('http_bodies')),
    false,
  );
});
