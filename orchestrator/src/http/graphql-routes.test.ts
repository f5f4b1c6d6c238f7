import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeOf, errorsOf, QUERY, startServer } from './testing/server.ts';

test('S1-19: GraphQL is served at /graphql', async (t) => {
  const { send } = await startServer(t);

  const answer = await send(QUERY);

  assert.equal(answer.status, 200);
  assert.deepEqual(JSON.parse(answer.body), { data: { __typename: 'Query' } });
  assert.match(answer.headers['x-request-id'] as string, /^[0-9a-f-]{36}$/);
});

test('a request that is too large or malformed is refused with a code', async (t) => {
  const { send } = await startServer(t);
  const sized = (bytes: number): string => JSON.stringify({ query: '{ __typename }' }).padEnd(bytes);

  for (const bytes of [10_001, 12_000, 1_000_000]) {
    const large = await send({ ...QUERY, body: sized(bytes) });
    assert.equal(large.status, 413);
    assert.deepEqual(errorsOf(large), [
      {
        message: 'The request is too large; CULVERT_MAX_REQUEST_BYTES allows 10000.',
        extensions: { code: 'REQUEST_TOO_LARGE', limit: 'CULVERT_MAX_REQUEST_BYTES', allowed: 10_000 },
      },
    ]);
  }
  assert.equal((await send({ ...QUERY, body: sized(10_000) })).status, 200);
  for (const body of ['{', '', 'null', '3', '"{ __typename }"', '{"query":3}']) {
    const malformed = await send({ ...QUERY, body });
    assert.deepEqual([malformed.status, codeOf(malformed)], [400, 'BAD_REQUEST'], body);
  }
  const unknown = await send({ path: '/none' });
  assert.deepEqual([unknown.status, codeOf(unknown)], [404, 'NOT_FOUND']);
});

test('other methods than GET and POST are refused, with those that there are', async (t) => {
  const { send } = await startServer(t);

  for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
    const answer = await send({ method });
    assert.deepEqual(
      [answer.status, codeOf(answer), answer.headers.allow],
      [405, 'METHOD_NOT_ALLOWED', 'GET, POST'],
      method,
    );
  }
});

test('G2: one operation a request: batches are refused, and documents of several that name none', async (t) => {
  const { send } = await startServer(t);
  const one = QUERY.body ?? '';

  for (const body of [`[${one}]`, `[${one},${one}]`, '[]']) {
    const batch = await send({ ...QUERY, body });
    assert.deepEqual([batch.status, codeOf(batch)], [400, 'BATCH_REFUSED']);
    assert.match(batch.body, /"limit":"operations","allowed":1/);
  }
  const several = 'query A { __typename } query B { __typename }';
  const unnamed = await send({ ...QUERY, body: JSON.stringify({ query: several }) });
  const unknown = await send({ ...QUERY, body: JSON.stringify({ query: several, operationName: 'C' }) });
  const named = await send({ ...QUERY, body: JSON.stringify({ query: several, operationName: 'B' }) });

  assert.deepEqual(errorsOf(unnamed)[0]?.extensions, {
    code: 'OPERATION_NAME_REQUIRED',
    argument: 'operationName',
    allowed: 'A, B',
  });
  assert.deepEqual(errorsOf(unknown)[0]?.extensions, {
    code: 'OPERATION_UNKNOWN',
    argument: 'operationName',
    allowed: 'A, B',
  });
  assert.deepEqual(JSON.parse(named.body), { data: { __typename: 'Query' } });
});

test('queries come by GET too, with their variables as JSON; mutations do not', async (t) => {
  const { send } = await startServer(t);
  const get = (parameters: Record<string, string>, accept = 'application/json') =>
    send({ path: `/graphql?${new URLSearchParams(parameters).toString()}`, headers: { accept } });

  const query = await get({
    query: 'query Q($yes: Boolean!) { __typename @include(if: $yes) }',
    variables: '{"yes":true}',
    operationName: 'Q',
    extensions: '',
  });
  const broken = await get({ query: '{ __typename }', variables: '{' });
  const mutation = 'mutation { requeueDeadLetters(filter: {}) { requeued } }';
  const changes = [await get({ query: mutation }), await get({ query: mutation }, 'text/event-stream')];
  const none = await get({});

  assert.deepEqual(JSON.parse(query.body), { data: { __typename: 'Query' } });
  assert.match(query.headers['content-type'] ?? '', /^application\/json; charset=utf-8$/);
  for (const change of changes)
    assert.deepEqual(
      [change.status, codeOf(change), change.headers.allow],
      [405, 'METHOD_NOT_ALLOWED', 'POST'],
    );
  for (const [answer, argument] of [
    [broken, 'variables'],
    [none, 'query'],
  ] as const) {
    assert.equal(answer.status, 400);
    assert.equal(errorsOf(answer)[0]?.extensions['code'], 'BAD_REQUEST');
    assert.equal(errorsOf(answer)[0]?.extensions['argument'], argument);
  }
});

test('the type of the answer is the one that the client likes best', async (t) => {
  const { send } = await startServer(t);
  const typeFor = async (accept: string): Promise<string> => {
    const answer = await send({ ...QUERY, headers: { ...QUERY.headers, accept } });
    return answer.status === 200
      ? (String(answer.headers['content-type']).split(';')[0] ?? '')
      : String(answer.status);
  };

  assert.equal(await typeFor('*/*'), 'application/json');
  assert.equal(await typeFor('text/html, application/*;q=0.1'), 'application/json');
  assert.equal(
    await typeFor('application/json;q=0.5, application/graphql-response+json'),
    'application/graphql-response+json',
  );
  assert.equal(await typeFor('text/event-stream'), 'text/event-stream');
  assert.equal(await typeFor('text/event-stream;q=0.1, application/json;q=0.2'), 'application/json');
  assert.equal(await typeFor('image/png'), '406');
  assert.equal(await typeFor('application/json;q=0'), '406');
});
