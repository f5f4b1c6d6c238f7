import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { MessageEnd, Outcome } from '@culvert/proto';
import { lowestRequestId } from '@culvert/traffic/request-id';
import { chunkRow, exchangeRow, requestIdAt } from '../testing/rows.ts';
import { createTestGraphql, type TestGraphql } from '../testing/graphql.ts';
import { FIRST_HOUR, startTestStore, type TestStore } from '../testing/store.ts';

let store: TestStore;
let api: TestGraphql;

before(async () => {
  store = await startTestStore();
  api = createTestGraphql(store.pool);
});
beforeEach(() => store.clear());
after(() => store.close());

const MINUTE_MS = 60_000;

test('S1-24: requests returns the 50 newest exchanges of all partitions, newest first', async () => {
  const ids = Array.from({ length: 60 }, (_, n) => requestIdAt(n * 3 * MINUTE_MS));
  await store.insert(
    'http_transactions',
    ids.map((id) => exchangeRow(id)),
  );

  const answer = await api.ask<{ requests: { requestId: string }[] }>('{ requests { requestId } }');

  assert.deepEqual(
    answer.data.requests.map((request) => request.requestId),
    ids.toReversed().slice(0, 50),
  );
});

test('requests stops in the newest partition when that holds enough', async () => {
  await store.insert(
    'http_transactions',
    Array.from({ length: 150 }, (_, n) => exchangeRow(requestIdAt(n * MINUTE_MS))),
  );
  await store.pool.query('ANALYZE culvert.http_transactions');
  await api.ask('{ requests { requestId method } }');
  const [statement] = api.statements;

  const { rows } = await store.pool.query<{ 'QUERY PLAN': string }>(
    `EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) ${statement?.replace('$2', '20').replace('$1', `'${lowestRequestId(FIRST_HOUR)}'`) ?? ''}`,
  );

  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  assert.match(plan, /^Limit/);
  assert.match(plan, /Append/);
  assert.doesNotMatch(plan, /Merge Append|Sort/);
  assert.match(plan, /test_2 .*rows=20/);
  assert.match(plan, /test_0 .*never executed/);
});

test('S1-25: request returns one exchange, and null when the id is unknown or no UUID', async () => {
  const id = requestIdAt(0);
  await store.insert('http_transactions', [exchangeRow(id)]);
  const query = 'query One($id: String!) { request(id: $id) { requestId status } }';

  const known = await api.ask(query, { id });
  const upperCase = await api.ask(query, { id: id.toUpperCase() });
  const unknown = await api.ask(query, { id: requestIdAt(1) });
  const outsideAnyPartition = await api.ask(query, { id: '00000000-0000-7000-8000-000000000000' });
  const malformed = await api.ask(query, { id: '123' });

  assert.deepEqual(known, { data: { request: { requestId: id, status: 201 } } });
  assert.deepEqual(upperCase, known);
  for (const none of [unknown, outsideAnyPartition, malformed])
    assert.deepEqual(none, { data: { request: null } });
});

test('S1-22: the light fields say who asked what, when, and how it was answered', async () => {
  const id = requestIdAt(123.9);
  await store.insert('http_transactions', [exchangeRow(id)]);

  const answer = await api.ask(
    `{ requests { requestId method url status timestamp agentId state httpVersion scheme host path cluster namespace
       workload pod node peerAddress capturedPort durationMs firstByteMs requestBodyBytes responseBodyBytes
       requestTruncated responseTruncated traceId tls { version } receivedAt } }`,
  );

  assert.deepEqual(answer, {
    data: {
      requests: [
        {
          requestId: id,
          method: 'POST',
          url: 'http://cart.local/items?id=1',
          status: 201,
          timestamp: '2026-01-31T10:00:00.123Z',
          agentId: 'agent-1',
          state: 'COMPLETE',
          httpVersion: '1.1',
          scheme: 'http',
          host: 'cart.local',
          path: '/items?id=1',
          cluster: 'local',
          namespace: 'shop',
          workload: 'Deployment/cart',
          pod: 'cart-1',
          node: 'node-1',
          peerAddress: '127.0.0.1:5000',
          capturedPort: 8082,
          durationMs: 5.678,
          firstByteMs: 1.234,
          requestBodyBytes: 5,
          responseBodyBytes: 2,
          requestTruncated: false,
          responseTruncated: false,
          traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
          tls: null,
          receivedAt: '2026-01-31T10:00:01.000Z',
        },
      ],
    },
  });
});

test('a request target that the URL does not tell is told, byte by byte', async () => {
  await store.insert('http_transactions', [
    exchangeRow(requestIdAt(1), { request_target: 'http://cart.local/caf\u00e9' }),
    exchangeRow(requestIdAt(2)),
  ]);

  assert.deepEqual(await api.ask('{ requests { requestTarget } }'), {
    data: { requests: [{ requestTarget: null }, { requestTarget: 'http://cart.local/caf\u00e9' }] },
  });
});

test('a response without its request yet is listed with the time of its id', async () => {
  const id = requestIdAt(500.25);
  const unknown = { started_at: null, method: null, url: null, request_headers: null, traceparent: null };
  await store.insert('http_transactions', [
    exchangeRow(id, { ...unknown, outcome: null, tls_version: 'TLSv1.3' }),
  ]);

  const answer = await api.ask(
    '{ requests { timestamp method requestHeaders traceId state tls { version cipherSuite } } }',
  );

  assert.deepEqual(answer, {
    data: {
      requests: [
        {
          timestamp: '2026-01-31T10:00:00.500Z',
          method: null,
          requestHeaders: null,
          traceId: null,
          state: 'OPEN',
          tls: { version: 'TLSv1.3', cipherSuite: null },
        },
      ],
    },
  });
});

test('a trace id is told of a valid traceparent only, also of one that an agent of before took as it was', async () => {
  const [trace, parent] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];
  const values = [
    `00-${trace}-${parent}-01`,
    `cc-${trace}-${parent}-01-more`,
    `00-${trace}-${parent}-01-more`,
    `ff-${trace}-${parent}-01`,
    `00-${trace}-${'0'.repeat(16)}-01`,
  ];
  await store.insert(
    'http_transactions',
    values.map((traceparent, n) => exchangeRow(requestIdAt(n), { traceparent })),
  );

  const answer = await api.ask<{ requests: { traceId: string | null }[] }>('{ requests { traceId } }');

  assert.deepEqual(answer.data.requests.map(({ traceId }) => traceId).toReversed(), [
    trace,
    trace,
    null,
    null,
    null,
  ]);
});

test('a count beyond 2^53 is written as digits, so that none is lost', async () => {
  await store.insert('http_transactions', [
    exchangeRow(requestIdAt(0), { request_body_bytes: '9007199254740993' }),
  ]);

  const answer = await api.ask('{ requests { requestBodyBytes responseBodyBytes } }');

  assert.deepEqual(answer, {
    data: { requests: [{ requestBodyBytes: '9007199254740993', responseBodyBytes: 2 }] },
  });
});

test('an exchange without an end is open while its agent lives, and incomplete afterwards', async () => {
  const id = requestIdAt(0);
  await store.insert('http_transactions', [exchangeRow(id, { outcome: null })]);
  await store.insert('agents', [
    {
      agent_id: 'agent-1',
      boot_id: '11111111-1111-4111-8111-111111111111',
      cluster: 'local',
      namespace: 'shop',
      workload: '',
      pod: '',
      node: '',
      role: 'capture',
      version: '',
      first_seen: new Date(FIRST_HOUR),
      last_seen: new Date(FIRST_HOUR + 5_000),
    },
  ]);
  const query = '{ requests { state requestBodyState } }';

  api.now = FIRST_HOUR + 64_000;
  const open = await api.ask(query);
  api.now = FIRST_HOUR + 66_000;
  const gone = await api.ask(query);

  assert.deepEqual(open, { data: { requests: [{ state: 'OPEN', requestBodyState: 'PENDING' }] } });
  assert.deepEqual(gone, { data: { requests: [{ state: 'INCOMPLETE', requestBodyState: 'INCOMPLETE' }] } });
});

test('body states follow what was captured and what has been stored', async () => {
  const [complete, cut, missing, none, empty] = [0, 1, 2, 3, 4].map((n) => requestIdAt(n)) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const sizes = (total: number, captured: number) => ({
    request_body_bytes: total,
    request_captured_bytes: captured,
  });
  await store.insert('http_transactions', [
    exchangeRow(complete, sizes(5, 5)),
    exchangeRow(cut, sizes(9, 5)),
    exchangeRow(missing, sizes(9, 9)),
    exchangeRow(none, sizes(9, 0)),
    exchangeRow(empty, sizes(0, 0)),
  ]);
  await store.insert(
    'http_bodies',
    [complete, cut, missing].map((id) => chunkRow(id, 'request', 'hello')),
  );
  const query = '{ requests { requestBodyState } }';

  api.now = FIRST_HOUR + 60_000;
  const soon = await api.ask<{ requests: { requestBodyState: string }[] }>(query);
  api.now = FIRST_HOUR + 62_000;
  const later = await api.ask<{ requests: { requestBodyState: string }[] }>(query);

  const states = (answer: typeof soon): string[] => answer.data.requests.map((r) => r.requestBodyState);
  assert.deepEqual(states(soon), ['COMPLETE', 'NOT_CAPTURED', 'PENDING', 'TRUNCATED', 'COMPLETE']);
  assert.deepEqual(states(later), ['COMPLETE', 'NOT_CAPTURED', 'INCOMPLETE', 'TRUNCATED', 'COMPLETE']);
});

test('a body that was cut on the wire is told with what passed of it, and an answer that was not read is not empty', async () => {
  const cut = { response_end: MessageEnd.MESSAGE_END_CUT };
  const none = { response_body_bytes: 0, response_captured_bytes: 0 };
  const unread = { response_end: MessageEnd.MESSAGE_END_UNREAD };
  const rows = [
    { outcome: Outcome.OUTCOME_UPSTREAM_ABORTED, ...cut },
    { outcome: Outcome.OUTCOME_UPSTREAM_ABORTED, ...cut, ...none },
    { outcome: Outcome.OUTCOME_UPSTREAM_ABORTED, ...cut, ...none, status: null },
    { outcome: Outcome.OUTCOME_UNPARSABLE, ...unread, ...none, status: null },
    { outcome: Outcome.OUTCOME_CLIENT_ABORTED, ...none, status: null },
    { outcome: Outcome.OUTCOME_COMPLETE, ...none, response_end: MessageEnd.MESSAGE_END_WHOLE },
  ].map((more, n) => exchangeRow(requestIdAt(n), more));
  await store.insert('http_transactions', rows);
  await store.insert('http_bodies', [chunkRow(requestIdOf(rows[0]), 'response', 'ok')]);

  const answer = await api.ask<{ requests: Record<string, unknown>[] }>(
    '{ requests { responseBodyState responseBodyBytes responseBody } }',
  );

  const told = answer.data.requests.map((exchange) => Object.values(exchange));
  assert.deepEqual(told.toReversed(), [
    ['CUT_OFF', 2, Buffer.from('ok').toString('base64')],
    ['CUT_OFF', 0, null],
    ['CUT_OFF', null, null],
    ['INCOMPLETE', null, null],
    ['INCOMPLETE', null, null],
    ['COMPLETE', 0, ''],
  ]);
});

function requestIdOf(row: Readonly<Record<string, unknown>> | undefined): string {
  return row?.['request_id'] as string;
}
