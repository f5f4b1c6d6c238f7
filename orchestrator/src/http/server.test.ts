import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { codeOf, QUERY, startServer } from './testing/server.ts';
import { createTokenCheck } from './token.ts';

test('S1-20: a browser finds the playground at /graphql, and nothing in it comes from another host', async (t) => {
  const { send } = await startServer(t);

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
  const { send } = await startServer(t);

  const answer = await send({ path: '/' });

  assert.deepEqual([answer.status, answer.headers.location], [302, '/graphql']);
});

test('a Host or an Origin from elsewhere is refused with a sentence, on every path', async (t) => {
  const { send, lines } = await startServer(t);
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
  const { send } = await startServer(t, {
    guard: { allowedHosts: ['culvert.example'], checkToken: undefined },
  });

  const answer = await send({
    ...QUERY,
    headers: { ...QUERY.headers, host: 'culvert.example', origin: 'https://culvert.example' },
  });

  assert.equal(answer.status, 200);
});

test('where a token is required, nothing but the empty playground is given without it', async (t) => {
  const { send, lines } = await startServer(t, {
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
  const { send } = await startServer(t);
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

test('the playground can be turned off, and queries go on', async (t) => {
  const { send } = await startServer(t, { graphiql: false });

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
  const { send, lines } = await startServer(t, { health: () => Promise.reject(new Error('secret detail')) });

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
  const { send } = await startServer(t, {
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
  const { send, registry } = await startServer(t);

  await send(QUERY);
  await send({ path: '/made/up' });
  const metrics = await registry.metrics();

  assert.match(metrics, /seconds_count\{method="POST",route="\/graphql",status="200"\} 1/);
  assert.match(metrics, /seconds_count\{method="GET",route="none",status="404"\} 1/);
});

test('at its end it waits for no connection that a browser opened in advance', async (t) => {
  const { server, send } = await startServer(t);
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
  const { send, lines } = await startServer(t);
  const body = JSON.stringify({ query: '{ requests { requestId } } # hidden-query' });

  await send({ ...QUERY, headers: { ...QUERY.headers, cookie: 'hidden-cookie' }, body });

  assert.ok(lines.length > 0);
  assert.doesNotMatch(JSON.stringify(lines), /hidden/);
});

test('what is logged for a request names the trace of its only traceparent', async (t) => {
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  const later = `cc-${trace}-00f067aa0ba902b7-01-more`;
  const { server, lines } = await startServer(t);

  for (const traceparents of [[later], [later, later]]) {
    const request = httpRequest({ host: '127.0.0.1', port: server.port, path: '/graphql' });
    request.setHeader('host', 'evil.example');
    request.setHeader('traceparent', traceparents);
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.resume();
    await once(response, 'end');
  }

  const refused = lines.filter((line) => line['msg'] === 'request refused');
  assert.deepEqual(
    refused.map((line) => line['trace_id']),
    [trace, undefined],
  );
});
