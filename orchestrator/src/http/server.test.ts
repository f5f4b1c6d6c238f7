import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { test, type TestContext } from 'node:test';
import pg from 'pg';
import { Registry } from 'prom-client';
import { createTestGraphql } from '../testing/graphql.ts';
import { createTestLog } from '../testing/log.ts';
import { startApiServer, type ApiServerOptions } from './server.ts';
import { createTokenCheck } from './token.ts';

/** A server whose Postgres is away: what is tested here comes before any query. */
async function start(t: TestContext, more: Partial<ApiServerOptions> = {}) {
  const { log, lines } = createTestLog();
  const registry = new Registry();
  const pool = new pg.Pool({ host: '127.0.0.1', port: 1 });
  const server = await startApiServer({
    host: '127.0.0.1',
    port: 0,
    guard: { allowedHosts: [], checkToken: undefined },
    graphql: createTestGraphql(pool).graphql,
    health: () =>
      Promise.resolve({ status: 'ok', roles: [], uptimeSeconds: 1, versions: {}, dependencies: {} }),
    maxRequestBytes: 10_000,
    requestTimeoutMs: 30_000,
    log,
    registry,
    ...more,
  });
  t.after(async () => {
    server.terminate();
    await server.stopAccepting();
    await pool.end();
  });
  return { server, lines, registry, send: (options: SendOptions) => send(server.port, options) };
}

interface SendOptions {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** `fetch` doesn't let a test choose Host and Origin. */
function send(port: number, { method = 'GET', path = '/graphql', headers = {}, body }: SendOptions) {
  return new Promise<Received>((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, method, path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

const QUERY: SendOptions = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query: '{ __typename }' }),
};

function errorsOf(received: Received): { message: string; extensions: Record<string, unknown> }[] {
  return (JSON.parse(received.body) as { errors: never[] }).errors;
}

function codeOf(received: Received): unknown {
  return errorsOf(received)[0]?.extensions['code'];
}

test('S1-19: GraphQL is served at /graphql', async (t) => {
  const { send } = await start(t);

  const answer = await send(QUERY);

  assert.equal(answer.status, 200);
  assert.deepEqual(JSON.parse(answer.body), { data: { __typename: 'Query' } });
  assert.match(answer.headers['x-request-id'] as string, /^[0-9a-f-]{36}$/);
});

test('S1-20: a browser finds the playground at /graphql, and nothing in it comes from another host', async (t) => {
  const { send } = await start(t);

  const page = await send({ headers: { accept: 'text/html,*/*;q=0.8' } });

  assert.equal(page.status, 200);
  assert.match(page.headers['content-type'] ?? '', /^text\/html/);
  assert.match(page.body, /<title>Culvert<\/title>/);
  // The document's own markup, without the scripts and styles that stand in it.
  const markup = page.body.replace(/<script>[\s\S]*<\/script>|<style>[\s\S]*?<\/style>/g, '');
  for (const [, url] of markup.matchAll(/(?:src|href)\s*=\s*["']?([^"'\s>]+)/g))
    assert.match(url ?? '', /^data:/);
  // And whatever the scripts may try, the browser is told to refuse.
  const policy = String(page.headers['content-security-policy']);
  assert.match(policy, /^default-src 'none';/);
  assert.match(policy, /connect-src 'self';/);
  assert.doesNotMatch(policy, /https?:|\*/);
  assert.doesNotMatch(page.body.replace(/<script>[\s\S]*<\/script>/, ''), /@import|url\(\s*["']?https?:/);
});

test('the root leads to the playground', async (t) => {
  const { send } = await start(t);

  const answer = await send({ path: '/' });

  assert.deepEqual([answer.status, answer.headers.location], [302, '/graphql']);
});

test('a Host or an Origin from elsewhere is refused with a sentence, on every path', async (t) => {
  const { send, lines } = await start(t);
  const foreign = [{ host: 'rebound.example' }, { host: 'localhost', origin: 'http://evil.example' }];

  for (const headers of foreign)
    for (const path of ['/', '/graphql', '/health/detailed', '/none']) {
      const answer = await send({ path, headers: { accept: 'text/html', ...headers } });
      assert.equal(answer.status, 403);
      assert.equal(codeOf(answer), 'FORBIDDEN');
      assert.match(answer.body, /CULVERT_ALLOWED_HOSTS/);
    }
  assert.equal(lines.filter((line) => line['msg'] === 'request refused').length, 8);
});

test('allowed hosts may ask', async (t) => {
  const { send } = await start(t, { guard: { allowedHosts: ['culvert.example'], checkToken: undefined } });

  const answer = await send({
    ...QUERY,
    headers: { ...QUERY.headers, host: 'culvert.example', origin: 'https://culvert.example' },
  });

  assert.equal(answer.status, 200);
});

test('where a token is required, nothing but the empty playground is given without it', async (t) => {
  const { send, lines } = await start(t, {
    guard: { allowedHosts: [], checkToken: createTokenCheck('s3cret') },
  });

  const without = await send(QUERY);
  const wrong = await send({ ...QUERY, headers: { ...QUERY.headers, authorization: 'Bearer guess' } });
  const health = await send({ path: '/health/detailed' });
  const page = await send({ headers: { accept: 'text/html' } });
  const right = await send({ ...QUERY, headers: { ...QUERY.headers, authorization: 'Bearer s3cret' } });

  for (const refused of [without, wrong, health]) {
    assert.equal(refused.status, 401);
    assert.equal(codeOf(refused), 'UNAUTHENTICATED');
    assert.match(refused.headers['www-authenticate'] ?? '', /^Bearer/);
  }
  assert.equal(page.status, 200);
  assert.equal(right.status, 200);
  assert.doesNotMatch(JSON.stringify(lines), /s3cret|guess/);
});

test('a page of another site can not make a browser query: only JSON is taken by POST, and nothing of it by GET', async (t) => {
  const { send } = await start(t);
  const types = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'];
  const path = '/graphql?query=%7B__typename%7D';

  for (const type of types) {
    const answer = await send({ ...QUERY, headers: { 'content-type': type } });
    assert.deepEqual([answer.status, codeOf(answer)], [415, 'UNSUPPORTED_MEDIA_TYPE'], type);
  }
  const foreign = { accept: '*/*', 'sec-fetch-site': 'cross-site' };
  const get = await send({ path, headers: foreign });
  assert.deepEqual([get.status, codeOf(get)], [403, 'FORBIDDEN']);
  const preflight = await send({ method: 'OPTIONS', headers: { 'access-control-request-method': 'POST' } });
  assert.equal(preflight.headers['access-control-allow-origin'], undefined);
  const own = await send({ path, headers: { ...foreign, 'sec-fetch-site': 'same-origin' } });
  const link = await send({ headers: { accept: 'text/html', 'sec-fetch-site': 'cross-site' } });
  assert.deepEqual([own.status, link.status], [200, 200]);
});

test('a request that is too large or malformed is refused with a code', async (t) => {
  const { send } = await start(t);
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

test('G2: one operation a request: batches are refused, and documents of several that name none', async (t) => {
  const { send } = await start(t);
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
  const { send } = await start(t);
  const get = (parameters: Record<string, string>) =>
    send({ path: `/graphql?${new URLSearchParams(parameters).toString()}` });

  const query = await get({
    query: 'query Q($yes: Boolean!) { __typename @include(if: $yes) }',
    variables: '{"yes":true}',
    operationName: 'Q',
    extensions: '',
  });
  const broken = await get({ query: '{ __typename }', variables: '{' });
  const none = await get({});

  assert.deepEqual(JSON.parse(query.body), { data: { __typename: 'Query' } });
  assert.match(query.headers['content-type'] ?? '', /^application\/json; charset=utf-8$/);
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
  const { send } = await start(t);
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

test('the playground can be turned off, and queries go on', async (t) => {
  const { send } = await start(t, { graphiql: false });

  const page = await send({ headers: { accept: 'text/html' } });
  const browser = await send({
    path: '/graphql?query=%7B__typename%7D',
    headers: { accept: 'text/html,*/*' },
  });

  assert.doesNotMatch(page.headers['content-type'] ?? '', /html/);
  assert.equal(page.status, 406);
  assert.equal(browser.status, 200);
});

test('a fault of the server itself is masked with an id that the log has', async (t) => {
  const { send, lines } = await start(t, { health: () => Promise.reject(new Error('secret detail')) });

  const answer = await send({ path: '/health/detailed' });

  assert.deepEqual([answer.status, codeOf(answer)], [500, 'INTERNAL']);
  assert.doesNotMatch(answer.body, /secret detail/);
  const { errors } = JSON.parse(answer.body) as { errors: { extensions: { id: string } }[] };
  const line = lines.find((candidate) => candidate['id'] === errors[0]?.extensions.id);
  assert.match(JSON.stringify(line), /secret detail/);
  assert.equal(line?.['requestId'], answer.headers['x-request-id']);
});

test('S1-32: /health/detailed is 503 when a dependency is down', async (t) => {
  const report = { roles: ['api'], uptimeSeconds: 1, versions: { culvert: '1' } };
  const down = { status: 'unavailable' as const, message: 'gone', latencyMs: 1 };
  const { send } = await start(t, {
    health: () => Promise.resolve({ ...report, status: 'unavailable', dependencies: { postgres: down } }),
  });

  const answer = await send({ path: '/health/detailed' });

  assert.equal(answer.status, 503);
  assert.deepEqual(JSON.parse(answer.body), {
    ...report,
    status: 'unavailable',
    dependencies: { postgres: down },
  });
});

test('requests are timed by method, route and status, and routes are not made up by callers', async (t) => {
  const { send, registry } = await start(t);

  await send(QUERY);
  await send({ path: '/made/up' });
  const metrics = await registry.metrics();

  assert.match(metrics, /seconds_count\{method="POST",route="\/graphql",status="200"\} 1/);
  assert.match(metrics, /seconds_count\{method="GET",route="none",status="404"\} 1/);
});

test('at its end it waits for no connection that a browser opened in advance', async (t) => {
  const { server, send } = await start(t);
  const connection = connect(server.port, '127.0.0.1');
  const closed = once(connection, 'close');
  await once(connection, 'connect');
  // Answered after the connection was accepted.
  await send(QUERY);

  await server.stopAccepting();
  await closed;

  assert.equal(connection.bytesRead, 0);
});

test('what clients send does not get into the log', async (t) => {
  const { send, lines } = await start(t);
  const body = JSON.stringify({ query: '{ requests { requestId } } # hidden-query' });

  await send({ ...QUERY, headers: { ...QUERY.headers, cookie: 'hidden-cookie' }, body });

  assert.ok(lines.length > 0);
  assert.doesNotMatch(JSON.stringify(lines), /hidden/);
});
