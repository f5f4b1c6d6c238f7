import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNatsServer } from '@culvert/demo/launcher/nats-server';
import { EventKind } from '@culvert/proto';
import { createLogger } from '@culvert/runtime/log';
import { BATCH_HEADERS } from '@culvert/traffic/batch-key';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { createBooks } from '../books/books.ts';
import { Spool } from '../spool/spool.ts';
import { MessageIdTaken } from './acknowledgements.ts';
import { createBatchMaker, renewMessageId, type Batch } from './batch.ts';
import { openLink, type Link } from './connection.ts';
import { createAgent } from './identity.ts';

const KIND = EventKind.EVENT_KIND_EXCHANGE;

async function setUp(t: TestContext): Promise<{ link: Link; nats: NatsConnection }> {
  const storeDir = await mkdtemp(join(tmpdir(), 'culvert-link-'));
  const server = await startNatsServer({ storeDir, port: 0 });
  const nats = await connect({ servers: server.url });
  const manager = await jetstreamManager(nats);
  await manager.streams.add({ name: 'TRAFFIC', subjects: ['culvert.exchange.>'] });
  const link = await new Promise<Link>((resolve) => {
    const opened = openLink({
      url: server.url,
      agentId: 'agent',
      log: createLogger('sidecar', 'fatal'),
      onConnected: () => resolve(opened),
      onDisconnected: () => undefined,
      onError: (error) => {
        throw error;
      },
    });
  });
  t.after(async () => {
    await link.close();
    await nats.close();
    await server.stop();
    await rm(storeDir, { recursive: true, force: true });
  });
  return { link, nats };
}

function batchOf(events: number): Batch {
  const identity = { cluster: 'c', namespace: 'n', workload: '', pod: '', node: '', version: '', role: '' };
  const maker = createBatchMaker(createAgent('agent', identity));
  const { headroom } = maker;
  const books = createBooks();
  const spool = new Spool({ limitBytes: 8 << 20, headroom, books, now: () => 0, onContent: () => undefined });
  const segment = spool.room(KIND, 10);
  assert.ok(segment);
  for (let i = 0; i < events; i++) spool.wrote(segment, segment.end + 10, 1);
  return maker.make(segment, 1);
}

function send(link: Link, batch: Batch): Promise<void> {
  batch.attempts++;
  batch.attemptsById++;
  return link.publish(batch);
}

test('a batch whose id somebody else has used before is not taken for stored, and goes through under another', async (t) => {
  const { link, nats } = await setUp(t);
  const batch = batchOf(3);
  const stolen = batch.headers.get(BATCH_HEADERS.messageId);
  await jetstream(nats).publish('culvert.exchange.c.n.other', 'not ours', { msgID: stolen });

  await assert.rejects(send(link, batch), MessageIdTaken);
  renewMessageId(batch);
  await send(link, batch);

  assert.notEqual(batch.headers.get(BATCH_HEADERS.messageId), stolen);
  assert.equal((await (await jetstreamManager(nats)).streams.info('TRAFFIC')).state.messages, 2);
});

test('a batch that is sent again because its answer was lost counts as stored', async (t) => {
  const { link, nats } = await setUp(t);
  const batch = batchOf(3);

  await send(link, batch);
  await send(link, batch);

  assert.equal((await (await jetstreamManager(nats)).streams.info('TRAFFIC')).state.messages, 1);
});

test('ids of messages and subjects of answers cannot be guessed', async (t) => {
  const { link, nats } = await setUp(t);
  const replies: string[] = [];
  nats.subscribe('culvert.exchange.>', {
    callback: (_, message) => {
      replies.push(message.reply ?? '');
    },
  });
  await nats.flush();
  const batches = [batchOf(1), batchOf(1)];

  for (const batch of batches) await send(link, batch);
  await nats.flush();

  assert.match(replies[0] ?? '', /^_INBOX_agent\.[0-9a-f]{32}\.\d+$/);
  const ids = batches.map(({ headers }) => headers.get(BATCH_HEADERS.messageId));
  for (const id of ids) assert.match(id, /^[0-9a-f]{32}$/);
  assert.notEqual(ids[0], ids[1]);
});
