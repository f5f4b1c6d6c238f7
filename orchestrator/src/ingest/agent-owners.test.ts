import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { Books, EventKind, SystemMetricsEvent, type TrafficBatch, type TrafficEvent } from '@culvert/proto';
import { batch, bodyEvent, exchangeEvent, IDENTITY, mintRequestId, partEvents } from './testing/batches.ts';
import { publishBatch, publishHeartbeat } from './testing/publish.ts';
import { startRig, type Rig } from './testing/rig.ts';

let rig: Rig;

before(async () => {
  rig = await startRig();
});
beforeEach(() => rig.clear());
after(() => rig.close());

const DEV = { ...IDENTITY, namespace: 'dev' };
const DAY_MS = 24 * 3_600_000;

/** What an agent of another namespace publishes on its own subject by the id of agent-1. */
function fromDev(events: readonly TrafficEvent[], more: Partial<TrafficBatch> = {}): TrafficBatch {
  return batch(events, { identity: DEV, ...more });
}

function books(published: number, more: Partial<Books> = {}): Books[] {
  return [Books.create({ kind: EventKind.EVENT_KIND_EXCHANGE, captured: published, published, ...more })];
}

async function beat(more: Parameters<typeof publishHeartbeat>[1]): Promise<void> {
  await publishHeartbeat(rig.nats, more);
  await rig.drained();
}

function letters(): Promise<Record<string, unknown>[]> {
  return rig.rows(
    'SELECT agent_id, reason, exchanges, subject, detail FROM culvert.dead_letters ORDER BY dead_letter_id',
  );
}

test('a batch with the key of one that another namespace is going to send takes nothing from it', async () => {
  const [opening, head, ending] = partEvents(mintRequestId());
  await rig.ingest();
  await publishBatch(rig.nats, batch([opening]));
  await rig.drained();

  await publishBatch(rig.nats, fromDev([exchangeEvent()], { firstSequence: 2 }));
  await publishBatch(rig.nats, fromDev([ending], { firstSequence: 3 }));
  await publishBatch(rig.nats, fromDev([bodyEvent(opening.requestId)], { kind: EventKind.EVENT_KIND_BODY }));
  await publishBatch(rig.nats, fromDev([exchangeEvent()], { firstSequence: 4 }), {
    payload: Buffer.from('\xff\xff', 'latin1'),
  });
  await rig.drained();
  await publishBatch(rig.nats, batch([head], { firstSequence: 2 }));
  await publishBatch(rig.nats, batch([ending], { firstSequence: 3 }));
  await publishBatch(rig.nats, batch([exchangeEvent()], { firstSequence: 4 }), {
    payload: Buffer.from('\xff\xff', 'latin1'),
  });
  await rig.drained();

  assert.deepEqual(await rig.rows('SELECT namespace, status, outcome FROM culvert.http_transactions'), [
    { namespace: 'shop', status: 200, outcome: 1 },
  ]);
  assert.equal(await rig.count('SELECT count(*) FROM culvert.http_bodies'), 0);
  assert.deepEqual(
    await rig.rows('SELECT stored, dead_lettered, duplicates_discarded FROM culvert.agent_books'),
    [{ stored: '1', dead_lettered: '1', duplicates_discarded: '0' }],
  );
  const refused = (await letters()).filter(({ subject }) => String(subject).includes('.dev.'));
  assert.deepEqual(refused.map(({ agent_id, reason, exchanges }) => [agent_id, reason, exchanges]).sort(), [
    ['agent-1', 'foreign_agent', 0],
    ['agent-1', 'foreign_agent', 0],
    ['agent-1', 'foreign_agent', 0],
    ['agent-1', 'undecodable', 0],
  ]);
  assert.match(
    String(refused.find(({ reason }) => reason === 'foreign_agent')?.['detail']),
    /^agent agent-1 belongs to namespace shop of cluster local and not to dev of local: give one of them another CULVERT_AGENT_ID/,
  );
});

test('equal keys of two namespaces in one set are two batches, of which the agent has its own', async () => {
  await rig.ingest();
  await beat({ books: books(0) });
  await rig.ingest({ transactionMs: 500 });

  await publishBatch(rig.nats, fromDev([exchangeEvent()]));
  await publishBatch(rig.nats, batch([exchangeEvent()]));
  await rig.drained();

  assert.deepEqual(await rig.rows('SELECT namespace FROM culvert.http_transactions'), [
    { namespace: 'shop' },
  ]);
  assert.equal(await rig.count('SELECT sum(duplicates_discarded) FROM culvert.agent_books'), 0);
});

test("a heartbeat by the id of another namespace's agent changes neither its row nor its books nor its metrics", async () => {
  await rig.ingest();
  await beat({ books: books(5) });

  const namespace = { identity: DEV, owner: DEV };
  await beat({ ...namespace, books: books(99), unixMs: Date.now() + 60_000 });
  await beat({
    ...namespace,
    system: SystemMetricsEvent.create({ cpuSystemPercent: 99 }),
    closedBoots: [{ bootId: Buffer.alloc(16, 7), capturedMin: 0, capturedMax: 9, lastBooks: books(77) }],
  });
  await beat({ books: books(6) });

  assert.deepEqual(await rig.rows('SELECT namespace FROM culvert.agents'), [{ namespace: 'shop' }]);
  assert.deepEqual(await rig.rows('SELECT published, crashed_captured_max FROM culvert.agent_books'), [
    { published: '6', crashed_captured_max: null },
  ]);
  assert.equal(await rig.count('SELECT count(*) FROM culvert.system_metrics'), 0);
  assert.deepEqual(
    (await letters()).map(({ reason, exchanges }) => [reason, exchanges]),
    [
      ['foreign_agent', 0],
      ['foreign_agent', 0],
    ],
  );
});

test('an agent that has said goodbye, or was silent for a day, may come back in another namespace', async () => {
  await rig.ingest();
  await beat({ books: books(1), closing: true });

  await beat({ identity: DEV, owner: DEV, bootId: Buffer.alloc(16, 8), books: books(2) });
  assert.deepEqual(await rig.rows('SELECT namespace FROM culvert.agents'), [{ namespace: 'dev' }]);
  await rig.pool.query(`UPDATE culvert.agents SET last_seen = $1`, [new Date(Date.now() - DAY_MS - 60_000)]);
  await publishBatch(rig.nats, batch([exchangeEvent()], { bootId: Buffer.alloc(16, 9) }));
  await rig.drained();

  assert.deepEqual(await rig.rows('SELECT namespace FROM culvert.agents'), [{ namespace: 'shop' }]);
  assert.deepEqual(await letters(), []);
});
