import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { startNatsServer, type NatsServer } from '@culvert/demo/launcher/nats-server';
import { DEFAULT_INGEST_LIMITS } from '../limits.ts';
import { ensureStreams } from './streams.ts';

let directory: string;
let server: NatsServer;
let nats: NatsConnection;
let manager: JetStreamManager;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culvert-streams-'));
  server = await startNatsServer({ storeDir: join(directory, 'nats'), port: 0 });
  nats = await connect({ servers: server.url });
  manager = await jetstreamManager(nats);
});
after(async () => {
  await nats.close();
  await server.stop();
  await rm(directory, { recursive: true });
});

test('replicas that start at once make streams that lose nothing, and one consumer for each kind', async () => {
  await Promise.all(Array.from({ length: 3 }, () => ensureStreams(manager, DEFAULT_INGEST_LIMITS)));

  const { config } = await manager.streams.info('CULVERT_TRAFFIC');
  assert.deepEqual(
    [config.retention, config.storage, config.discard, config.max_bytes, config.max_age],
    ['workqueue', 'file', 'new', 2 * 1024 ** 3, 0],
  );
  const consumers = await manager.consumers.list('CULVERT_TRAFFIC').next();
  assert.deepEqual(
    consumers
      .map(({ name, config: { filter_subject, max_deliver, max_ack_pending, ack_wait } }) =>
        [name, filter_subject, max_deliver, max_ack_pending, (ack_wait ?? 0) / 1e9].join(' '),
      )
      .sort(),
    [
      'ingest-body culvert.body.> -1 1000 60',
      'ingest-exchange culvert.exchange.> -1 1000 60',
      'ingest-frame culvert.frame.> -1 1000 60',
    ],
  );
});

test('changed limits reach streams and consumers that are there, and other settings stay', async () => {
  await ensureStreams(manager, DEFAULT_INGEST_LIMITS);
  await manager.streams.update('CULVERT_METRICS', { description: 'kept' });

  const limits = { ...DEFAULT_INGEST_LIMITS, metricsMaxBytes: 1024 ** 2, maxAckPending: 77 };
  await ensureStreams(manager, limits);

  const { config } = await manager.streams.info('CULVERT_METRICS');
  assert.deepEqual([config.max_bytes, config.description], [1024 ** 2, 'kept']);
  const consumer = await manager.consumers.info('CULVERT_TRAFFIC', 'ingest-body');
  assert.equal(consumer.config.max_ack_pending, 77);
});
