import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import { startNatsServer, type NatsServer } from '@culvert/demo/launcher/nats-server';
import { BATCH_HEADERS } from '@culvert/traffic/batch-key';
import { createStreamReader } from './stream-reader.ts';

const SUBJECT = 'culvert.exchange.local.shop.agent-1';
let directory: string;
let server: NatsServer;
let nats: NatsConnection;
const faults: unknown[] = [];
const reader = createStreamReader(
  () => nats,
  (error) => faults.push(error),
);

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culvert-stream-'));
  server = await startNatsServer({ storeDir: directory, port: 0 });
  nats = await connect({ servers: server.url });
});
after(async () => {
  await nats.close();
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

async function publish(subject: string, bootId: string): Promise<void> {
  const batch = headers();
  batch.set(BATCH_HEADERS.boot, bootId);
  await jetstream(nats).publish(subject, new Uint8Array(2_000), { headers: batch });
}

test('a stream that does not exist leaves the question open', async () => {
  const held = await reader.heldSubjects();

  assert.equal(held, undefined);
  assert.equal(faults.length, 1);
});

test('the stream tells which agents it holds batches of, and the boot of the oldest one', async () => {
  const manager = await jetstreamManager(nats);
  await manager.streams.add({
    name: 'CULVERT_TRAFFIC',
    subjects: ['culvert.exchange.>', 'culvert.body.>'],
    retention: 'workqueue',
  });
  const none = await reader.heldSubjects();
  await publish('culvert.body.local.shop.agent-9', '9'.repeat(32));
  await publish('culvert.exchange.local.shop.agent-2', '2'.repeat(32));
  await publish(SUBJECT, '0'.repeat(32));
  await publish(SUBJECT, '1'.repeat(32));

  const held = await reader.heldSubjects();
  const oldest = await reader.oldestBoot(SUBJECT);
  const nobody = await reader.oldestBoot('culvert.exchange.local.shop.agent-3');

  assert.deepEqual(none, new Set());
  assert.deepEqual(held, new Set([SUBJECT, 'culvert.exchange.local.shop.agent-2']));
  assert.equal(oldest, '0'.repeat(32));
  assert.equal(nobody, undefined);
});

test('nothing is asked while there is no connection', async () => {
  const disconnected = createStreamReader(
    () => undefined,
    (error) => assert.fail(String(error)),
  );

  assert.equal(await disconnected.heldSubjects(), undefined);
  assert.equal(await disconnected.oldestBoot(SUBJECT), undefined);
});
