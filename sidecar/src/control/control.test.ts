import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { jetstreamManager } from '@nats-io/jetstream';
import { becomes } from '../capture/testing/kit.ts';
import {
  HEARTBEAT_MS,
  connectOperator,
  documentOf,
  KEY,
  makeBucket,
  metric,
  openClient,
  put,
  putStale,
  startConfigServer,
  startFollower,
} from './testing/rig.ts';

const ONLY_POST = { match: [{ methods: ['POST'] }] };

function giveCredentials(secretsDir: string): void {
  writeFileSync(join(secretsDir, 'nats-user'), 'agent\n');
  writeFileSync(join(secretsDir, 'nats-password'), 'p w\n');
}

test('before the first document traffic passes and nothing is captured', async (t) => {
  const server = await startConfigServer(t);
  giveCredentials(server.secretsDir);
  const sidecar = await startFollower(t, server);
  const client = await openClient(t, sidecar);
  await client.ask();
  assert.deepEqual([...sidecar.books.opaque], [['not_captured', 1]]);
  assert.equal(sidecar.books.exchange.captured, 0);
});

test('the document of the environment holds as long as NATS has none', async (t) => {
  const server = await startConfigServer(t);
  giveCredentials(server.secretsDir);
  const sidecar = await startFollower(t, server, { CULVERT_CONFIG_DOCUMENT: documentOf('r1', ONLY_POST) });
  const client = await openClient(t, sidecar);
  await client.ask('GET');
  await client.ask('POST');
  assert.deepEqual([...sidecar.books.exchange.excluded], [['match', 1]]);
  assert.equal(sidecar.books.exchange.captured, 2);
});

test('a change is in force at once on open connections, and a heartbeat says so long before its time', async (t) => {
  const server = await startConfigServer(t);
  giveCredentials(server.secretsDir);
  await makeBucket(server.operator);
  const sidecar = await startFollower(t, server, { CULVERT_CONFIG_DOCUMENT: documentOf('r1', {}) });
  const client = await openClient(t, sidecar);
  await becomes(() => server.heartbeats.some(({ configRevision }) => configRevision === 'r1'), 'r1 is told');
  await client.ask('GET');

  const started = performance.now();
  await put(server.operator, documentOf('r2', ONLY_POST));
  await becomes(() => server.heartbeats.some(({ configRevision }) => configRevision === 'r2'), 'r2 is told');
  const took = performance.now() - started;
  await client.ask('GET');

  const told = server.heartbeats.at(-1);
  assert.ok(took < HEARTBEAT_MS, `took ${took} ms`);
  assert.equal(told?.configKey, KEY);
  assert.deepEqual(told.labels, { app: 'checkout', tier: 'gold' });
  assert.equal(sidecar.books.exchange.captured, 2);
  assert.deepEqual([...sidecar.books.exchange.excluded], [['match', 1]]);
});

test('what changed while the connection was away is found when it is back', async (t) => {
  const server = await startConfigServer(t);
  giveCredentials(server.secretsDir);
  await makeBucket(server.operator);
  await put(server.operator, documentOf('r1', {}));
  const sidecar = await startFollower(t, server);
  await becomes(() => server.heartbeats.some(({ configRevision }) => configRevision === 'r1'), 'r1 is told');

  await server.nats.restart();
  const operator = await connectOperator(server.nats);
  t.after(() => operator.close());
  await put(operator, documentOf('r2', {}));

  await becomes(() => server.heartbeats.some(({ configRevision }) => configRevision === 'r2'), 'r2 is told');
  assert.equal(await metric(sidecar, 'culvert_config_refused_total'), 0);
});

test('a bucket that was made anew is followed although it counts from 1 again', async (t) => {
  const server = await startConfigServer(t);
  giveCredentials(server.secretsDir);
  await makeBucket(server.operator);
  for (const revision of ['r1', 'r2', 'r3']) await put(server.operator, documentOf(revision, {}));
  await startFollower(t, server);
  await becomes(() => server.heartbeats.some(({ configRevision }) => configRevision === 'r3'), 'r3 is told');

  await (await jetstreamManager(server.operator)).streams.delete('KV_culvert-config');
  await makeBucket(server.operator);
  await put(server.operator, documentOf('r4', {}));

  await becomes(() => server.heartbeats.some(({ configRevision }) => configRevision === 'r4'), 'r4 is told');
});

test('a bad document is refused and counted, and what holds goes on to hold', async (t) => {
  const server = await startConfigServer(t);
  giveCredentials(server.secretsDir);
  await makeBucket(server.operator);
  await put(server.operator, documentOf('r1', ONLY_POST));
  const sidecar = await startFollower(t, server);
  await becomes(() => server.heartbeats.some(({ configRevision }) => configRevision === 'r1'), 'r1 is told');

  for (const bad of [
    '{',
    '[]',
    documentOf('rX', {}).replace('"schemaVersion":1', '"schemaVersion":99'),
    'x'.repeat(70_000),
  ]) {
    const before = await metric(sidecar, 'culvert_config_refused_total');
    await put(server.operator, bad);
    let refused = before;
    await becomes(() => {
      void metric(sidecar, 'culvert_config_refused_total').then((value) => (refused = value));
      return refused > before;
    }, 'it is refused');
  }
  const client = await openClient(t, sidecar);
  await client.ask('GET');

  assert.deepEqual([...sidecar.books.exchange.excluded], [['match', 1]]);
  assert.ok((await metric(sidecar, 'culvert_config_age_seconds')) > 0);
});

test('an update that the stream refused is heard and not followed', async (t) => {
  const server = await startConfigServer(t);
  giveCredentials(server.secretsDir);
  await makeBucket(server.operator);
  await put(server.operator, documentOf('r1', {}));
  await startFollower(t, server);
  await becomes(() => server.heartbeats.some(({ configRevision }) => configRevision === 'r1'), 'r1 is told');

  putStale(server.operator, documentOf('stale', {}));
  await server.operator.flush();
  await put(server.operator, documentOf('r2', {}));

  await becomes(() => server.heartbeats.some(({ configRevision }) => configRevision === 'r2'), 'r2 is told');
  assert.ok(!server.heartbeats.some(({ configRevision }) => configRevision === 'stale'));
});

test('credentials that appear later are used by the next attempt', async (t) => {
  const server = await startConfigServer(t);
  await makeBucket(server.operator);
  await put(server.operator, documentOf('r1', {}));
  const sidecar = await startFollower(t, server);
  await becomes(() => sidecar.ports.length === 1, 'it runs without credentials');
  assert.equal(await metric(sidecar, 'culvert_nats_connected'), 0);

  giveCredentials(server.secretsDir);

  await becomes(() => server.heartbeats.some(({ configRevision }) => configRevision === 'r1'), 'r1 is told');
});

test('a document of another namespace or workload is refused and counted, and what holds goes on to hold', async (t) => {
  const server = await startConfigServer(t);
  giveCredentials(server.secretsDir);
  await makeBucket(server.operator);
  await put(server.operator, documentOf('r1', ONLY_POST));
  const sidecar = await startFollower(t, server, {
    CULVERT_NAMESPACE: 'shop',
    CULVERT_WORKLOAD: 'Deployment/checkout',
  });
  await becomes(() => server.heartbeats.some(({ configRevision }) => configRevision === 'r1'), 'r1 is told');

  for (const [own, foreign] of [
    ['"namespace":"shop"', '"namespace":"dev"'],
    ['"workload":"Deployment/checkout"', '"workload":"Deployment/till"'],
  ] as const) {
    const before = await metric(sidecar, 'culvert_config_foreign_total');
    await put(server.operator, documentOf('foreign', {}).replace(own, foreign));
    let refused = before;
    await becomes(() => {
      void metric(sidecar, 'culvert_config_foreign_total').then((value) => (refused = value));
      return refused > before;
    }, `${foreign} is refused`);
  }
  const client = await openClient(t, sidecar);
  await client.ask('GET');

  assert.deepEqual([...sidecar.books.exchange.excluded], [['match', 1]]);
  assert.equal(await metric(sidecar, 'culvert_config_refused_total'), 2);
  await put(server.operator, documentOf('r2', {}));
  await becomes(() => server.heartbeats.some(({ configRevision }) => configRevision === 'r2'), 'r2 is told');
});
