import assert from 'node:assert/strict';
import { connect as connectSocket } from 'node:net';
import { test } from 'node:test';
import { jetstream } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { startCollector } from '@culvert/runtime/tracing/testing/collector';
import { eventually } from './rig/eventually.ts';
import { startStack, type Stack } from './rig/stack.ts';

const SECRET = 'S3cr3tMarker';
const TRACE = 'e'.repeat(32);
const TRACEPARENT = `00-${TRACE}-${'f'.repeat(16)}-01`;
const TOKEN = `${SECRET}-token-of-the-api-that-is-long-enough`;

interface Line {
  readonly component?: string;
  readonly role?: string;
  readonly level?: string;
  readonly msg?: string;
  readonly requestId?: string;
  readonly trace_id?: string;
}

/** Sends bytes as they are and waits until the peer has closed. */
async function sendRaw(port: number, text: string): Promise<void> {
  const socket = connectSocket(port, '127.0.0.1');
  // Being cut off is an answer too.
  socket.on('error', () => undefined);
  socket.resume();
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.end(text);
  await closed;
}

async function sendTraffic(stack: Stack): Promise<void> {
  const at = `http://127.0.0.1:${stack.port}`;
  await fetch(`${at}/${SECRET}-path?${SECRET}-query=${SECRET}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${SECRET}`,
      cookie: `sid=${SECRET}`,
      traceparent: TRACEPARENT,
      'x-secret': SECRET,
      'user-agent': SECRET,
    },
    body: `${SECRET} in a body`,
  }).then((response) => response.text());
  for (const text of [
    `GET /?${SECRET} HTTP/1.1\r\nHost: ${SECRET}\r\nContent-Length: ${SECRET}\r\n\r\n`,
    `${SECRET} is no HTTP at all\r\n\r\n`,
    `POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 1000\r\n\r\n${SECRET} and no more`,
    `GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Long: ${SECRET.repeat(8_000)}\r\n\r\n`,
  ])
    await sendRaw(stack.port, text);
}

/** What goes wrong, and what goes well, with something marked in each place that a request has. */
async function askTheApi(stack: Stack): Promise<string[]> {
  const { apiUrl } = stack.orchestrator();
  const requestIds: string[] = [];
  const send = async (path: string, init: RequestInit = {}): Promise<void> => {
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${TOKEN}`,
      traceparent: TRACEPARENT,
      cookie: SECRET,
      'user-agent': SECRET,
      referer: `http://${SECRET}/`,
      ...(init.headers as Record<string, string> | undefined),
    };
    const response = await fetch(`${apiUrl}${path}`, { ...init, headers });
    await response.text();
    requestIds.push(response.headers.get('x-request-id') ?? '');
  };
  const ask = (body: object): Promise<void> =>
    send('/graphql', { method: 'POST', body: JSON.stringify(body) });
  await ask({ query: '{ agents { agentId } }' });
  await ask({ query: `query ${SECRET}Name { request(id: "${SECRET}") { path } }` });
  await ask({ query: 'query Q($id: String!) { request(id: $id) { path } }', variables: { id: SECRET } });
  await ask({ query: 'query Q($id: String!) { request(id: $id) { path } }', variables: { id: [SECRET] } });
  await ask({ query: `{ ${SECRET} }` });
  await ask({ query: `{ ${SECRET} "` });
  await send('/graphql', { method: 'POST', body: `{"query": ${SECRET}` });
  await send('/graphql', { method: 'POST', body: SECRET, headers: { 'content-type': SECRET } });
  await send('/graphql', { method: 'POST', body: SECRET.repeat(100_000) });
  await send('/graphql', { method: 'POST', headers: { authorization: `Bearer ${SECRET}` }, body: '{}' });
  await send('/graphql', { method: 'POST', headers: { origin: `http://${SECRET}` }, body: '{}' });
  await send(`/graphql?query=${encodeURIComponent(`{ request(id: "${SECRET}") { path } }`)}`);
  await send(`/${SECRET}?${SECRET}`);
  const port = Number(new URL(apiUrl).port);
  for (const text of [
    `GET /?${SECRET} HTTP/1.1\r\nHost: ${SECRET}\r\nAuthorization: Bearer ${SECRET}\r\nConnection: close\r\n\r\n`,
    `GET / HTTP/1.1\r\nAuthorization: Bearer ${SECRET}\r\nBroken header ${SECRET}\r\n\r\n`,
    `${SECRET}\r\n\r\n`,
  ])
    await sendRaw(port, text);
  await openSocket(`ws://127.0.0.1:${port}/graphql?${SECRET}`);
  return requestIds;
}

/** Says hello with a wrong token, and is closed. */
async function openSocket(url: string): Promise<void> {
  const socket = new WebSocket(url, 'graphql-transport-ws');
  const closed = new Promise((resolve) => {
    socket.addEventListener('close', resolve);
    socket.addEventListener('error', resolve);
  });
  socket.addEventListener('open', () => {
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${SECRET}` } }));
    socket.send(SECRET);
  });
  await closed;
}

async function publishGarbage(stack: Stack): Promise<void> {
  const nats = await connect({ servers: stack.nats.url });
  await jetstream(nats).publish('culvert.exchange.local.shop.agent-1', Buffer.from(`${SECRET} is no batch`));
  nats.publish('culvert.metrics.local.shop.agent-1', Buffer.from(SECRET));
  await nats.drain();
}

test('S3-55 S3-56: no body, header value, query string or token shows up in a log, at level trace', async (t) => {
  const collector = await startCollector();
  t.after(() => {
    collector.close();
  });
  collector.behaviour = 401;
  const lines: string[] = [];
  const stack = await startStack(t, {
    onLine: (line) => lines.push(line),
    sidecar: { CULVERT_LOG_LEVEL: 'trace' },
    orchestrator: {
      CULVERT_LOG_LEVEL: 'trace',
      CULVERT_REQUIRE_TOKEN: '1',
      CULVERT_TOKEN: TOKEN,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=${SECRET}`,
      OTEL_BSP_SCHEDULE_DELAY: '50',
    },
  });

  await sendTraffic(stack);
  await publishGarbage(stack);
  const requestIds = await askTheApi(stack);
  await stack.postgres.kill();
  requestIds.push(...(await askTheApi(stack)));
  await stack.orchestrator().stop();
  await stack.sidecar().stop();
  // The last lines of a process may arrive after its end.
  await eventually(
    () => Promise.resolve(lines),
    (all) =>
      all.some((line) => line.includes('orchestrator has ended')) &&
      all.some((line) => line.includes('sidecar ends')),
    'both have said that they ended',
  );

  assert.deepEqual(
    lines.filter((line) => line.includes(SECRET)),
    [],
  );
  const parsed = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Line);
  const components = new Set(parsed.map(({ component }) => component));
  assert.ok(components.has('orchestrator') && components.has('sidecar'));
  const failed = parsed.filter(({ msg }) => msg === 'query failed');
  assert.ok(failed.length > 0 && failed.every(({ requestId }) => requestIds.includes(requestId ?? '')));
  // Each request has at least one line, and each line of it says which trace it belongs to.
  for (const id of requestIds) {
    const own = parsed.filter(({ requestId }) => requestId === id);
    assert.ok(own.length > 0, `request ${id} has lines`);
    assert.deepEqual(new Set(own.map(({ trace_id }) => trace_id)), new Set([TRACE]));
  }
});

test('S3-56: the level of every process can be changed while it runs', async (t) => {
  const lines: string[] = [];
  const stack = await startStack(t, { onLine: (line) => lines.push(line) });
  const { metricsUrl, apiUrl } = stack.orchestrator();
  const answered = (): Line[] =>
    lines
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Line)
      .filter(({ msg }) => msg === 'request answered');

  await fetch(`${apiUrl}/health/detailed`);
  const quiet = answered().length;
  const changed = await Promise.all(
    [metricsUrl, stack.sidecar().metricsUrl].map((url) =>
      fetch(`${url}/log-level`, { method: 'PUT', body: '{"level":"debug"}' }),
    ),
  );
  await fetch(`${apiUrl}/health/detailed`);
  await eventually(
    () => Promise.resolve(answered()),
    (found) => found.length > 0,
    'what is logged at debug appears',
  );
  const told = await fetch(`${stack.sidecar().metricsUrl}/log-level`);

  assert.equal(quiet, 0);
  assert.deepEqual(
    changed.map(({ status }) => status),
    [200, 200],
  );
  assert.deepEqual(await told.json(), { level: 'debug' });
  assert.equal(answered()[0]?.role, 'api');
});
