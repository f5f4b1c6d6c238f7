import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startSidecar as startSidecarProcess } from '@culvert/demo/launcher/culvert';
import { startNatsServer } from '@culvert/demo/launcher/nats-server';
import { freePort } from '@culvert/demo/launcher/ports';
import { AgentHeartbeat, TrafficBatch } from '@culvert/proto';
import { ConfigurationError } from '@culvert/runtime/config';
import { createLogger } from '@culvert/runtime/log';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connect as connectNats } from '@nats-io/transport-node';
import { becomes, startUpstream } from './capture/testing/kit.ts';
import { readConfig } from './config.ts';
import { startSidecar } from './sidecar.ts';

const RESPONSE = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const log = createLogger('test', 'fatal');

/** A nats-server with both streams, an upstream that answers and a sidecar between. */
async function setUp(
  t: TestContext,
  options: { maxBytes?: number; environment?: Record<string, string> } = {},
) {
  const directory = mkdtempSync(join(tmpdir(), 'culvert-sidecar-'));
  const nats = await startNatsServer({ storeDir: join(directory, 'nats'), port: 0 });
  await withStreams(nats.url, async (manager) => {
    const subjects = ['culvert.exchange.>', 'culvert.body.>', 'culvert.frame.>'];
    await manager.streams.add({
      name: 'TRAFFIC',
      subjects,
      discard: 'new',
      max_bytes: options.maxBytes ?? -1,
    });
    await manager.streams.add({ name: 'METRICS', subjects: ['culvert.metrics.>'] });
  });
  const upstream = await startUpstream((socket) =>
    socket.on('data', (chunk: Buffer) => answer(socket, chunk)),
  );
  const config = readConfig({
    CULVERT_CAPTURE: `0=127.0.0.1:${upstream.port}`,
    CULVERT_METRICS_PORT: '0',
    CULVERT_AGENT_ID: 'agent.1',
    CULVERT_STATE_DIR: join(directory, 'state'),
    NATS_URL: nats.url,
    ...options.environment,
  });
  const sidecar = await startSidecar(config, '0.0.0', log);
  let stopped = false;
  const stop = async (): Promise<boolean> => {
    stopped = true;
    return sidecar.stop();
  };
  t.after(async () => {
    if (!stopped) await sidecar.stop();
    upstream.close();
    await nats.stop();
    rmSync(directory, { recursive: true });
  });
  const batches = () => withStreams(nats.url, (manager) => readBatches(manager, 'TRAFFIC'));
  return { nats, sidecar, stop, batches, port: sidecar.ports[0] as number };
}

function answer(socket: Socket, chunk: Buffer): void {
  if (chunk.includes('/events')) {
    socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: one\n\n');
  } else socket.write(RESPONSE);
}

async function withStreams<T>(url: string, use: (manager: JetStreamManager) => Promise<T>): Promise<T> {
  const connection = await connectNats({ servers: url });
  try {
    return await use(await jetstreamManager(connection));
  } finally {
    await connection.close();
  }
}

async function readBatches(manager: JetStreamManager, stream: string) {
  const { state } = await manager.streams.info(stream);
  const messages = [];
  for (let seq = state.first_seq; seq > 0 && seq <= state.last_seq; seq++) {
    const message = await manager.streams.getMessage(stream, { seq });
    if (message !== null)
      messages.push({ subject: message.subject, header: message.header, data: message.data });
  }
  return messages;
}

async function send(port: number, requests: number): Promise<void> {
  const socket = connect({ host: '127.0.0.1', port });
  for (let i = 0; i < requests; i++) {
    socket.write(`GET /${i} HTTP/1.1\r\nHost: h\r\n\r\n`);
    await once(socket, 'data');
  }
  socket.destroy();
}

test('S1-13: exchanges and their bodies arrive in batches of their own kind with contiguous numbers', async (t) => {
  const { batches, port, sidecar, stop } = await setUp(t);
  await send(port, 600);
  assert.equal(await stop(), true);
  const messages = await batches();
  const decoded = messages.map((message) => TrafficBatch.decode(message.data));
  for (const [kind, subject] of [
    [1, 'culvert.exchange.local.default.agent~2E1'],
    [2, 'culvert.body.local.default.agent~2E1'],
  ] as const) {
    const own = decoded.filter((batch) => batch.kind === kind);
    let next = 1;
    for (const batch of own.toSorted((a, b) => a.firstSequence - b.firstSequence)) {
      assert.equal(batch.firstSequence, next);
      assert.equal(batch.agentId, 'agent.1');
      assert.equal(batch.identity?.namespace, 'default');
      next += batch.events.length;
    }
    // On a slow machine an exchange is open long enough to come in two events.
    const ids = own.flatMap((batch) => batch.events.map((event) => event.requestId));
    assert.equal(new Set(ids).size, 600);
    assert.ok(messages.filter((message) => message.subject === subject).length === own.length);
  }
  assert.equal(sidecar.books.exchange.acknowledged, 600);
  assert.equal(new Set(decoded.flatMap((batch) => batch.events.map((event) => event.requestId))).size, 600);
});

test('S1-46 S1-48 S1-49: while NATS is away traffic goes on, and afterwards all of it is published', async (t) => {
  const { batches, nats, port, sidecar, stop } = await setUp(t);
  await send(port, 10);
  await nats.kill();
  await send(port, 500);
  assert.equal(sidecar.books.exchange.captured, 510);
  const ready = await status(`http://127.0.0.1:${sidecar.metricsPort}/readyz`);
  await nats.restart();
  await becomes(() => sidecar.books.exchange.acknowledged === 510, 'all is acknowledged');
  await stop();
  const ids = (await batches())
    .map((message) => TrafficBatch.decode(message.data))
    .filter((batch) => batch.kind === 1)
    .flatMap((batch) => batch.events.map((event) => event.requestId));
  assert.equal(ready, 200, 'the sidecar can still forward');
  assert.equal(new Set(ids).size, 510);
});

test('a stream that is full refuses, and what it refused comes when there is room', async (t) => {
  const { nats, port, sidecar } = await setUp(t, { maxBytes: 200_000 });
  await send(port, 1_500);
  await becomes(
    () => sidecar.books.exchange.published > sidecar.books.exchange.acknowledged,
    'a batch waits',
  );
  await withStreams(nats.url, async (manager) => {
    await manager.streams.purge('TRAFFIC');
    await manager.streams.update('TRAFFIC', { max_bytes: -1 });
  });
  await becomes(() => sidecar.books.exchange.acknowledged === 1_500, 'all is acknowledged');
  assert.equal(sidecar.books.exchange.dropped.size, 0);
});

test('B3: a stream of server-sent events shows up while it is open, and its end later', async (t) => {
  const { batches, port, sidecar, stop } = await setUp(t);
  const socket = connect({ host: '127.0.0.1', port });
  socket.write('GET /events HTTP/1.1\r\nHost: h\r\n\r\n');
  await once(socket, 'data');
  await becomes(() => sidecar.books.body.acknowledged === 1, 'the first event was published');
  const open = (await batches()).flatMap((message) => TrafficBatch.decode(message.data).events);
  socket.resetAndDestroy();
  await becomes(() => sidecar.books.exchange.open === 0, 'the exchange has ended');
  await stop();
  const all = (await batches()).flatMap((message) => TrafficBatch.decode(message.data).events);
  assert.deepEqual(open.map(({ event }) => event?.$case).toSorted(), ['body', 'request', 'response']);
  assert.deepEqual(all.map(({ event }) => event?.$case).toSorted(), ['body', 'end', 'request', 'response']);
  assert.equal(sidecar.books.exchange.published, 1);
});

test('heartbeats carry books that add up, and the last one says goodbye', async (t) => {
  const { nats, port, stop } = await setUp(t, { environment: { CULVERT_HEARTBEAT_MS: '100' } });
  await send(port, 5);
  await stop();
  const messages = await withStreams(nats.url, (manager) => readBatches(manager, 'METRICS'));
  const heartbeats = messages.map((message) => AgentHeartbeat.decode(message.data));
  const last = heartbeats.at(-1);
  const books = last?.books.find((candidate) => candidate.kind === 1);
  assert.equal(last?.closing, true);
  assert.equal(books?.captured, 5);
  assert.equal(books.acknowledged, 5);
  assert.equal(books.connections, 1);
  for (const {
    books: [exchange],
  } of heartbeats) {
    assert.ok(exchange);
    assert.equal(exchange.captured, exchange.open + exchange.spooled + exchange.published);
  }
});

test('what is taken or can not be used is named with its variable', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'culvert-sidecar-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const holder = await startUpstream(() => undefined);
  t.after(() => holder.close());
  const file = join(directory, 'file');
  writeFileSync(file, '');
  const start = (environment: Record<string, string>) =>
    startSidecar(
      readConfig({
        CULVERT_CAPTURE: '0=127.0.0.1:1',
        CULVERT_METRICS_PORT: '0',
        CULVERT_STATE_DIR: directory,
        NATS_URL: 'nats://127.0.0.1:1',
        ...environment,
      }),
      '0',
      log,
    );
  const port = String(holder.port);
  await assert.rejects(start({ CULVERT_METRICS_PORT: port }), {
    message: new RegExp(`^port ${port} is taken.* CULVERT_METRICS_PORT$`),
  });
  await assert.rejects(start({ CULVERT_CAPTURE: `0=127.0.0.1:1,${port}=127.0.0.1:1` }), {
    message: new RegExp(`^port ${port} is taken.* CULVERT_CAPTURE$`),
  });
  await assert.rejects(start({ CULVERT_STATE_DIR: file }), { message: /CULVERT_STATE_DIR$/ });
});

test('every mistake of a configuration is named at once', () => {
  assert.throws(
    () =>
      readConfig({
        CULVERT_CAPTURE: 'x',
        CULVERT_METRICS_PORT: '70000',
        CULVERT_LOG_LEVEL: 'loud',
        NATS_URL: 'nats://user:geheim@[host',
      }),
    (error) =>
      error instanceof ConfigurationError &&
      error.problems.length === 4 &&
      !error.message.includes('geheim') &&
      ['CULVERT_CAPTURE', 'CULVERT_METRICS_PORT', 'CULVERT_LOG_LEVEL', 'NATS_URL'].every((name) =>
        error.problems.some((problem) => problem.includes(name)),
      ),
  );
});

async function status(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(url, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).once('error', reject);
  });
}

test('an error that nobody catches turns capture off and leaves the process and its connections alive', async (t) => {
  const upstream = await startUpstream((socket) =>
    socket.on('data', (chunk: Buffer) => {
      answer(socket, chunk);
    }),
  );
  const directory = mkdtempSync(join(tmpdir(), 'culvert-sidecar-'));
  const port = await freePort();
  // Throws in the process, outside of all of its functions, when it gets the signal.
  const preload = `process.on('SIGUSR2', () => { throw new Error('nobody expects this'); })`;
  const lines: string[] = [];
  const sidecar = await startSidecarProcess({
    nodeFlags: ['--import', `data:text/javascript,${encodeURIComponent(preload)}`],
    onLine: (line) => lines.push(line),
    environment: {
      CULVERT_CAPTURE: `${port}=127.0.0.1:${upstream.port}`,
      CULVERT_STATE_DIR: directory,
      NATS_URL: 'nats://127.0.0.1:1',
    },
  });
  t.after(async () => {
    await sidecar.stop();
    upstream.close();
    rmSync(directory, { recursive: true });
  });
  const client = connect({ host: '127.0.0.1', port });
  const ask = async (): Promise<string> => {
    client.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    const [data] = (await once(client, 'data')) as [Buffer];
    return data.toString();
  };
  await ask();
  process.kill(sidecar.pid, 'SIGUSR2');
  await becomes(() => lines.some((line) => line.includes('capture of a port is off')), 'the log says so');

  assert.equal(await ask(), RESPONSE);
  client.destroy();
  const metrics = await (await fetch(`${sidecar.metricsUrl}/metrics`)).text();
  assert.match(metrics, /^culvert_captured_total\{kind="exchange"\} 1$/m);
  assert.match(metrics, new RegExp(`^culvert_capture_off\\{port="${upstream.port}"\\} 1$`, 'm'));
  assert.match(metrics, /^culvert_faults_total\{place="uncaught"\} 1$/m);
  assert.equal(await status(`${sidecar.metricsUrl}/readyz`), 200);
});
