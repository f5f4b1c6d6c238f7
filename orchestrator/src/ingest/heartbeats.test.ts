import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { Books, EventKind, HeartbeatAcknowledgement, SystemMetricsEvent } from '@culvert/proto';
import { batch, exchangeEvent } from './testing/batches.ts';
import { publishBatch, publishHeartbeat } from './testing/publish.ts';
import { startRig, until, type Rig } from './testing/rig.ts';

let rig: Rig;

before(async () => {
  rig = await startRig();
});
beforeEach(() => rig.clear());
after(() => rig.close());

const OLD_BOOT = Buffer.alloc(16, 1);
const NEW_BOOT = Buffer.alloc(16, 2);
const bootText = (boot: Buffer): string =>
  boot.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');

function exchangeBooks(captured: number, more: Partial<Books> = {}): Books {
  return Books.create({ kind: EventKind.EVENT_KIND_EXCHANGE, captured, published: captured, ...more });
}

test('a heartbeat tells who the agent is and what its books say, beside what ingest has counted', async () => {
  const unixMs = Date.now() - 4_000;
  await rig.ingest();

  await publishBatch(rig.nats, batch([exchangeEvent(), exchangeEvent()], { bootId: NEW_BOOT }));
  await rig.drained();
  await publishHeartbeat(rig.nats, {
    unixMs: Date.now() + 1_000,
    bootId: NEW_BOOT,
    configRevision: 'r7',
    capabilities: ['capture.http1'],
    books: [
      exchangeBooks(9, { droppedByReason: { spool_full: 4 }, open: 3, lastSequence: 2 }),
      Books.create({ kind: EventKind.EVENT_KIND_BODY, captured: 5 }),
    ],
  });
  await rig.drained();

  const [agent] = await rig.rows<{ last_seen: Date }>('SELECT * FROM culvert.agents');
  assert.ok((agent?.last_seen.getTime() ?? 0) > unixMs);
  assert.deepEqual(
    { ...agent, first_seen: 0, last_seen: 0 },
    {
      agent_id: 'agent-1',
      boot_id: bootText(NEW_BOOT),
      cluster: 'local',
      namespace: 'shop',
      workload: 'Deployment/cart',
      pod: 'cart-1',
      node: 'node.1',
      role: 'capture',
      version: '0.1.0',
      config_revision: 'r7',
      capabilities: ['capture.http1'],
      first_seen: 0,
      last_seen: 0,
    },
  );
  assert.deepEqual(
    await rig.rows(
      `SELECT kind, captured::int, open::int, dropped_by_reason, last_sequence::int, stored::int, ingested_sequence::int
       FROM culvert.agent_books ORDER BY kind`,
    ),
    [
      {
        kind: EventKind.EVENT_KIND_EXCHANGE,
        captured: 9,
        open: 3,
        dropped_by_reason: { spool_full: 4 },
        last_sequence: 2,
        stored: 2,
        ingested_sequence: 2,
      },
      {
        kind: EventKind.EVENT_KIND_BODY,
        captured: 5,
        open: 0,
        dropped_by_reason: {},
        last_sequence: 0,
        stored: 0,
        ingested_sequence: 0,
      },
    ],
  );
});

test('the newest boot by heartbeat time wins, and neither time nor books go back', async () => {
  const now = Date.now();
  await rig.ingest();

  await publishHeartbeat(rig.nats, { unixMs: now, bootId: NEW_BOOT, books: [exchangeBooks(10)] });
  await rig.drained();
  await publishHeartbeat(rig.nats, { unixMs: now - 5_000, bootId: NEW_BOOT, books: [exchangeBooks(7)] });
  await publishHeartbeat(rig.nats, {
    unixMs: now - 9_000,
    bootId: OLD_BOOT,
    books: [exchangeBooks(99)],
    closing: true,
  });
  await rig.drained();

  assert.deepEqual(await rig.rows('SELECT boot_id, last_seen FROM culvert.agents'), [
    { boot_id: bootText(NEW_BOOT), last_seen: new Date(now) },
  ]);
  assert.deepEqual(
    await rig.rows('SELECT boot_id, captured::int, closing FROM culvert.agent_books ORDER BY boot_id'),
    [
      { boot_id: bootText(OLD_BOOT), captured: 99, closing: true },
      { boot_id: bootText(NEW_BOOT), captured: 10, closing: false },
    ],
  );
});

test('a boot that crashed is put on record with its bounds and last books, and the agent is told', async () => {
  const acknowledged: HeartbeatAcknowledgement[] = [];
  const subscription = rig.nats.subscribe('culvert.acknowledge.local.shop.agent-1', {
    callback: (_error, message) => {
      acknowledged.push(HeartbeatAcknowledgement.decode(message.data));
    },
  });
  await rig.ingest();
  await publishHeartbeat(rig.nats, { bootId: OLD_BOOT, books: [exchangeBooks(1_100, { open: 2 })] });
  await rig.drained();

  await publishHeartbeat(rig.nats, {
    bootId: NEW_BOOT,
    books: [exchangeBooks(0)],
    closedBoots: [
      { bootId: OLD_BOOT, capturedMin: 1_500, capturedMax: 2_000, lastBooks: [exchangeBooks(1_500)] },
      { bootId: Buffer.alloc(16, 3), capturedMin: 0, capturedMax: 1_000, lastBooks: [] },
    ],
  });
  await until('the agent is told', () => acknowledged.length > 0);
  subscription.unsubscribe();

  assert.deepEqual(acknowledged[0]?.closedBootIds, [OLD_BOOT, Buffer.alloc(16, 3)]);
  assert.deepEqual(
    await rig.rows(
      `SELECT captured::int, open::int, crashed_captured_min::int AS min, crashed_captured_max::int AS max
       FROM culvert.agent_books ORDER BY boot_id`,
    ),
    [
      { captured: 1_500, open: 0, min: 1_500, max: 2_000 },
      { captured: 0, open: 0, min: null, max: null },
      { captured: 0, open: 0, min: 0, max: 1_000 },
    ],
  );
});

test('S1-12: system metrics that come with a heartbeat are stored once, and what they leave out is unknown, not 0', async () => {
  const unixMs = Date.now() - 2 * 3_600_000;
  const system = SystemMetricsEvent.create({
    cpuSystemPercent: 12.5,
    cpuProcessPercent: 0,
    memoryUsedBytes: 4_096,
  });
  await rig.ingest();

  await publishHeartbeat(rig.nats, { unixMs, system });
  await publishHeartbeat(rig.nats, { unixMs, system });
  await rig.drained();

  assert.deepEqual(
    await rig.rows(
      `SELECT agent_id, at, namespace, cpu_system_percent, cpu_process_percent, memory_used_bytes, memory_total_bytes,
        disk_read_bytes_per_second FROM culvert.system_metrics`,
    ),
    [
      {
        agent_id: 'agent-1',
        at: new Date(unixMs),
        namespace: 'shop',
        cpu_system_percent: 12.5,
        cpu_process_percent: 0,
        memory_used_bytes: '4096',
        memory_total_bytes: null,
        disk_read_bytes_per_second: null,
      },
    ],
  );
});

test('heartbeats that can not be stored go to dead letters and keep no other one back', async () => {
  await rig.ingest({ transactionMs: 500 });

  await publishHeartbeat(rig.nats, { agentId: 'good-1' });
  await publishHeartbeat(rig.nats, {
    agentId: 'bad-1',
    books: [exchangeBooks(1, { droppedByReason: { 'a\0b': 1 } })],
  });
  await publishHeartbeat(rig.nats, { agentId: 'bad-2' }, Buffer.from('\xff\xff', 'latin1'));
  await publishHeartbeat(rig.nats, { agentId: 'bad-3', unixMs: Date.now() + 3_600_000 });
  await publishHeartbeat(rig.nats, { agentId: 'bad-4', bootId: Buffer.alloc(3) });
  await publishHeartbeat(rig.nats, { agentId: 'good-2' });
  await rig.drained();

  assert.deepEqual(
    (await rig.rows('SELECT agent_id FROM culvert.agents ORDER BY 1')).map((row) => row['agent_id']),
    ['good-1', 'good-2'],
  );
  assert.deepEqual(
    await rig.rows('SELECT agent_id, kind, reason, exchanges FROM culvert.dead_letters ORDER BY 1'),
    [
      { agent_id: 'bad-1', kind: 0, reason: 'rejected', exchanges: 0 },
      { agent_id: 'bad-2', kind: 0, reason: 'undecodable', exchanges: 0 },
      { agent_id: 'bad-3', kind: 0, reason: 'clock', exchanges: 0 },
      { agent_id: 'bad-4', kind: 0, reason: 'malformed', exchanges: 0 },
    ],
  );
});
