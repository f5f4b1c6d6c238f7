import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { jetstream } from '@nats-io/jetstream';
import { EventKind, TrafficBatch } from '@culvert/proto';
import { createTestLog } from '../testing/log.ts';
import { createWorkState } from './pull/state.ts';
import { startLane, type LaneOptions } from './pull/lane.ts';
import { batch, exchangeEvent } from './testing/batches.ts';
import { publishBatch, publishHeartbeat, subjectOf } from './testing/publish.ts';
import { silent, startRig, until, type Rig } from './testing/rig.ts';

let rig: Rig;

before(async () => {
  rig = await startRig();
});
beforeEach(() => rig.clear());
after(() => rig.close());

/** Publishes bytes as headers that no client of NATS would write, but the server takes. */
async function publishRaw(subject: string, headers: string, payload: Uint8Array): Promise<void> {
  const { hostname, port } = new URL(rig.natsServer.url);
  const socket = connect({ host: hostname, port: Number(port) });
  await once(socket, 'connect');
  const head = `NATS/1.0\r\n${headers}\r\n\r\n`;
  socket.write('CONNECT {"verbose":false,"pedantic":false,"headers":true}\r\n');
  socket.write(`HPUB ${subject} ${head.length} ${head.length + payload.length}\r\n${head}`);
  socket.write(Buffer.concat([payload, Buffer.from('\r\nPING\r\n')]));
  let heard = '';
  socket.on('data', (data: Buffer) => (heard += data.toString()));
  await until('the server has it', () => heard.includes('PONG'));
  socket.destroy();
}

test('headers that no client can read are in the way of nobody', async () => {
  await rig.ingest();
  const one = batch([exchangeEvent()]);

  for (const headers of ['Bad Key: x', 'Bad(Key): x', 'Key: a\nb', ': x', 'no colon'])
    await publishRaw(subjectOf(one), headers, TrafficBatch.encode(one).finish());
  await publishRaw('culvert.metrics.local.shop.agent-1', 'Bad Key: x', Buffer.from('no heartbeat'));
  await publishBatch(rig.nats, batch([exchangeEvent()], { firstSequence: 2 }));
  await publishHeartbeat(rig.nats, {});
  await rig.drained();

  assert.equal(await rig.count('SELECT count(*) FROM culvert.http_transactions'), 2);
  assert.equal(await rig.count('SELECT sum(duplicates_discarded) FROM culvert.agent_books'), 4);
  assert.deepEqual(await rig.rows('SELECT kind, reason FROM culvert.dead_letters'), [
    { kind: EventKind.EVENT_KIND_UNSPECIFIED, reason: 'undecodable' },
  ]);
});

/** Runs a lane that stores the text of messages, over a consumer of its own. */
async function startTextLane(more: Partial<LaneOptions<readonly string[]>>) {
  await rig.ingest();
  const { log } = createTestLog();
  const stored: string[] = [];
  const parked: string[] = [];
  const faults: number[] = [];
  const js = jetstream(rig.nats);
  const manager = await js.jetstreamManager();
  await manager.streams.add({ name: 'TEXTS', subjects: ['texts'] });
  await manager.consumers.add('TEXTS', { durable_name: 'texts', ack_policy: 'explicit' });
  const lane = startLane<readonly string[]>({
    open: () => js.consumers.get('TEXTS', 'texts'),
    gather: { weight: 10, bytes: 1e6, waitMs: 200 },
    weigh: () => ({ weight: 1, bytes: 1 }),
    prepare: (messages) => messages.map((message) => message.string()),
    commit: (texts) => {
      stored.push(...texts);
      return Promise.resolve();
    },
    park: (message) => {
      parked.push(message.string());
      return [];
    },
    onFault: (_error, messages) => faults.push(messages),
    extendMs: 10_000,
    pulling: createWorkState('texts', 'pull', log),
    committing: createWorkState('texts', 'commit', silent),
    ...more,
  });
  const settled = async () => {
    const { num_pending, num_ack_pending } = await manager.consumers.info('TEXTS', 'texts');
    return num_pending + num_ack_pending === 0;
  };
  return { lane, stored, parked, faults, settled, publish: (text: string) => js.publish('texts', text) };
}

test('a message that can not be prepared is set aside, and those beside it are stored', async () => {
  const { lane, stored, parked, faults, settled, publish } = await startTextLane({
    prepare: (messages) => {
      const texts = messages.map((message) => message.string());
      if (texts.includes('poison')) throw new Error('nobody foresaw this');
      return texts;
    },
  });

  for (const text of ['a', 'poison', 'b']) await publish(text);
  await until('all is settled', settled);
  await lane.stop();

  assert.deepEqual([stored.sort(), parked], [['a', 'b'], ['poison']]);
  assert.equal(faults.at(-1), 1);
});

test('a message whose commit shows a mistake of the program again and again is set aside too', async () => {
  const stored: string[] = [];
  const { lane, parked, settled, publish } = await startTextLane({
    commit: (texts) => {
      if (texts.includes('poison')) return Promise.reject(new TypeError('x is undefined'));
      stored.push(...texts);
      return Promise.resolve();
    },
  });

  for (const text of ['a', 'poison', 'b']) await publish(text);
  await until('all is settled', settled);
  await lane.stop();

  assert.deepEqual([stored.sort(), parked], [['a', 'b'], ['poison']]);
});

test('what can not even be set aside comes again later, and what comes behind it is stored', async () => {
  const { lane, stored, settled, publish } = await startTextLane({
    prepare: (messages) => {
      const texts = messages.map((message) => message.string());
      if (texts.includes('poison')) throw new Error('nobody foresaw this');
      return texts;
    },
    park: () => {
      throw new Error('nor this');
    },
  });

  for (const text of ['poison', 'a', 'b']) await publish(text);
  await until('the others are stored', () => stored.length === 2);

  assert.equal(await settled(), false);
  await lane.stop();
});
