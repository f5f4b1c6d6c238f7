import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { EventKind, TrafficBatch, type TrafficEvent } from '@culvert/proto';
import { batch, bodyEvent, exchangeEvent, mintRequestId, partEvents, request } from './testing/batches.ts';
import { publishBatch } from './testing/publish.ts';
import { startRig, type Rig } from './testing/rig.ts';

let rig: Rig;

before(async () => {
  rig = await startRig();
});
beforeEach(() => rig.clear());
after(() => rig.close());

interface LetterRow {
  readonly agent_id: string;
  readonly event_index: number;
  readonly reason: string;
  readonly detail: string;
  readonly exchanges: number;
  readonly first_sequence: string;
  readonly event_count: number;
  readonly payload: Buffer;
}

function letters(): Promise<LetterRow[]> {
  return rig.rows<LetterRow>(
    'SELECT * FROM culvert.dead_letters ORDER BY agent_id, first_sequence, event_index',
  );
}

function books(): Promise<{ stored: number; dead: number }[]> {
  return rig.rows(
    'SELECT stored::int, dead_lettered::int AS dead FROM culvert.agent_books ORDER BY agent_id, kind',
  );
}

function withUrl(url: string): TrafficEvent {
  return exchangeEvent(mintRequestId(), { request: { url: Buffer.from(url, 'latin1') } });
}

test('one NUL path among thousands is dead-lettered, the rest is stored, and a path of 64 KiB too', async () => {
  const events = Array.from({ length: 4_000 }, (_, i) => withUrl(`http://cart.local/items/${i}`));
  events[1_234] = withUrl('http://cart.local/items/\0');
  events[3_000] = withUrl(`http://cart.local/${'x'.repeat(64 * 1024)}`);
  await rig.ingest({ transactionMs: 1_000 });

  for (let i = 0; i < events.length; i += 500)
    await publishBatch(rig.nats, batch(events.slice(i, i + 500), { firstSequence: i + 1 }));
  await rig.drained();

  const [letter, ...others] = await letters();
  assert.equal(others.length, 0);
  assert.deepEqual([letter?.reason, letter?.event_index, letter?.exchanges], ['rejected', 234, 1]);
  assert.match(letter?.detail ?? '', /^22021: invalid byte sequence/);
  const culprit = TrafficBatch.decode(letter?.payload ?? Buffer.alloc(0));
  assert.deepEqual(culprit.events, [events[1_234]]);
  assert.equal(culprit.firstSequence, 1_235);
  assert.deepEqual(
    await rig.rows(
      'SELECT count(*)::int, count(DISTINCT request_id)::int AS ids, max(length(path))::int FROM culvert.http_transactions',
    ),
    [{ count: 3_999, ids: 3_999, max: 64 * 1024 + 1 }],
  );
  assert.deepEqual(await books(), [{ stored: 3_999, dead: 1 }]);
});

test('finding one culprit among thousands takes about two writes for each halving', async () => {
  const events = Array.from({ length: 4_000 }, (_, i) => withUrl(`http://cart.local/items/${i}`));
  events[777] = withUrl('http://cart.local/\0');
  await rig.ingest({ transactionMs: 2_000 });

  for (let i = 0; i < events.length; i += 500)
    await publishBatch(rig.nats, batch(events.slice(i, i + 500), { firstSequence: i + 1 }));
  await rig.drained();

  const metrics = await rig.registry.getMetricsAsJSON();
  const bisections = metrics.find((metric) => metric.name === 'culvert_ingest_bisections_total');
  const splits = bisections?.values[0]?.value ?? 0;
  assert.ok(splits > 0 && splits <= 12, `${splits} splits`);
});

test('culprits in every kind of event are found, and the parts beside them are stored', async () => {
  const [good, bad] = [partEvents(), partEvents()];
  const badRequest: TrafficEvent = {
    requestId: bad[0].requestId,
    event: { $case: 'request', request: request({ method: 'G\0T' }) },
  };
  const chunk = bodyEvent();
  const repeatedChunk = bodyEvent(chunk.requestId);
  await rig.ingest();

  await publishBatch(rig.nats, batch([good[0], badRequest, good[1], bad[1], good[2], bad[2]]));
  await publishBatch(
    rig.nats,
    batch([chunk, bodyEvent(), repeatedChunk], { kind: EventKind.EVENT_KIND_BODY }),
  );
  await rig.drained();

  assert.deepEqual(
    (await letters()).map((letter) => [letter.event_index, letter.reason, letter.exchanges]),
    [
      [1, 'rejected', 0],
      [2, 'rejected', 1],
    ],
  );
  assert.deepEqual(
    await rig.rows(
      'SELECT method, status, outcome FROM culvert.http_transactions ORDER BY method NULLS LAST',
    ),
    [
      { method: 'GET', status: 200, outcome: 1 },
      { method: null, status: 200, outcome: 1 },
    ],
  );
  assert.equal(await rig.count('SELECT count(*) FROM culvert.http_bodies'), 2);
  assert.deepEqual(await books(), [
    { stored: 2, dead: 0 },
    { stored: 2, dead: 1 },
  ]);
});

test('ids outside the accepted clock window and ids that are no UUIDv7 go to dead letters', async () => {
  const hour = 3_600_000;
  const events = [
    exchangeEvent(mintRequestId(Date.now() - 73 * hour)),
    exchangeEvent(mintRequestId(Date.now() + hour / 6)),
    exchangeEvent('01234567-89ab-4def-8123-456789abcdef'),
    exchangeEvent('not an id'),
    exchangeEvent(mintRequestId(Date.now() - 71 * hour)),
    exchangeEvent(mintRequestId(Date.now() + hour / 20)),
    { requestId: mintRequestId(), event: undefined },
    bodyEvent(),
  ];
  await rig.ingest();

  await publishBatch(rig.nats, batch(events));
  await publishBatch(rig.nats, batch(events));
  await rig.drained();

  assert.deepEqual(
    (await letters()).map((letter) => [letter.event_index, letter.reason]),
    [
      [0, 'clock'],
      [1, 'clock'],
      [2, 'malformed'],
      [3, 'malformed'],
      [6, 'malformed'],
      [7, 'malformed'],
    ],
  );
  assert.equal(await rig.count('SELECT count(*) FROM culvert.http_transactions'), 2);
  assert.deepEqual(await books(), [{ stored: 2, dead: 4 }]);
});

test('bytes that are no batch go to dead letters under the key in their headers, once', async () => {
  const claimed = batch([exchangeEvent(), exchangeEvent()], { firstSequence: 11 });
  const half = TrafficBatch.encode(batch([exchangeEvent()], { firstSequence: 13 })).finish();
  await rig.ingest();

  for (let i = 0; i < 2; i++)
    await publishBatch(rig.nats, claimed, { payload: Buffer.from('\xff\xffgarbage', 'latin1') });
  await publishBatch(rig.nats, batch([exchangeEvent()], { firstSequence: 13 }), {
    payload: half.subarray(0, half.length - 20),
  });
  await publishBatch(rig.nats, batch([exchangeEvent()], { firstSequence: 14 }));
  await rig.drained();

  assert.deepEqual(
    (await letters()).map((letter) => [
      Number(letter.first_sequence),
      letter.event_count,
      letter.event_index,
      letter.reason,
      letter.exchanges,
    ]),
    [
      [11, 2, -1, 'undecodable', 2],
      [13, 1, -1, 'undecodable', 1],
    ],
  );
  assert.deepEqual(await books(), [{ stored: 1, dead: 3 }]);
  assert.equal(await rig.count('SELECT sum(duplicates_discarded) FROM culvert.agent_books'), 2);
});

test('an agent can neither speak for another one nor write its rows', async () => {
  const id = mintRequestId();
  const [opening, head] = partEvents(id);
  await rig.ingest();

  await publishBatch(rig.nats, batch([opening]));
  await rig.drained();
  await publishBatch(rig.nats, batch([head, ...partEvents()], { agentId: 'intruder' }));
  await publishBatch(rig.nats, batch([exchangeEvent()], { agentId: 'intruder', firstSequence: 2 }), {
    subject: 'culvert.exchange.local.shop.agent-1',
  });
  await publishBatch(rig.nats, batch([exchangeEvent()], { agentId: 'intruder', firstSequence: 3 }), {
    subject: 'culvert.exchange.local.other-namespace.intruder',
  });
  await rig.drained();

  assert.deepEqual(
    (await letters()).map((letter) => [letter.agent_id, letter.event_index, letter.reason]),
    [
      ['agent-1', -1, 'foreign_agent'],
      ['intruder', 0, 'foreign_agent'],
      ['intruder', -1, 'foreign_agent'],
    ],
  );
  assert.deepEqual(
    await rig.rows(`SELECT agent_id, status FROM culvert.http_transactions WHERE request_id = $1`, [id]),
    [{ agent_id: 'agent-1', status: null }],
  );
  assert.equal(await rig.count('SELECT count(*) FROM culvert.http_transactions'), 2);
});

test('two agents that tell parts of one id in the same moment leave one row, of one of them', async () => {
  const [opening, head, ending] = partEvents();
  await rig.ingest({ transactionMs: 500 });

  await publishBatch(rig.nats, batch([opening, ending]));
  await publishBatch(rig.nats, batch([head], { agentId: 'intruder' }));
  await rig.drained();

  // Which one comes first is up to the lanes that they arrive on.
  const rows = await rig.rows('SELECT agent_id, method, status FROM culvert.http_transactions');
  const refused = (await letters()).map((letter) => [letter.agent_id, letter.reason]);
  const first = rows[0]?.['agent_id'] === 'agent-1';
  assert.deepEqual(rows, [
    first
      ? { agent_id: 'agent-1', method: 'GET', status: null }
      : { agent_id: 'intruder', method: null, status: 200 },
  ]);
  assert.deepEqual(
    refused,
    first
      ? [['intruder', 'foreign_agent']]
      : [
          ['agent-1', 'foreign_agent'],
          ['agent-1', 'foreign_agent'],
        ],
  );
});

test('bytes that are no UTF-8 are read as latin1', async () => {
  await rig.ingest();

  await publishBatch(rig.nats, batch([withUrl('http://cart.local/caf\xe9')]));
  await rig.drained();

  assert.deepEqual(await rig.rows('SELECT path FROM culvert.http_transactions'), [{ path: '/café' }]);
});
