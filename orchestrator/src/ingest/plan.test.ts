import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventKind, TrafficBatch, type TrafficEvent } from '@culvert/proto';
import { createCopyBuffer } from '../store/copy-buffer.ts';
import { readBatch } from './decode/batch.ts';
import { planBatch, type BatchPlan, type PlanBuffers } from './plan.ts';
import {
  batch,
  bodyEvent,
  end,
  exchangeEvent,
  fields,
  mintRequestId,
  partEvents,
  response,
} from './testing/batches.ts';
import { subjectOf } from './testing/publish.ts';

const NOW = Date.UTC(2026, 5, 1, 12);
const HOUR_MS = 3_600_000;
const id = (unixMs = NOW): string => mintRequestId(unixMs);

function plan(
  message: TrafficBatch,
  payload = TrafficBatch.encode(message).finish(),
): BatchPlan & { readonly buffers: PlanBuffers } {
  const buffers = { rows: createCopyBuffer(), parts: createCopyBuffer() };
  const context = {
    now: NOW,
    publishedAt: undefined,
    acceptedPastMs: 72 * HOUR_MS,
    acceptedFutureMs: 300_000,
    keptSince: 0,
  };
  return { ...planBatch(readBatch(subjectOf(message), Buffer.from(payload)), buffers, context), buffers };
}

test('whole exchanges become rows, told ones parts, and each end counts once', () => {
  const [opening, head, ending] = partEvents(id());
  const answered: TrafficEvent = {
    requestId: id(),
    event: { $case: 'response', response: response({ end: end() }) },
  };

  const planned = plan(batch([opening, exchangeEvent(id()), head, exchangeEvent(id()), ending, answered]));

  assert.deepEqual(planned.rowEvents, [1, 3]);
  assert.equal(planned.rowEnds.at(-1), planned.buffers.rows.position());
  assert.deepEqual(
    planned.parts.map((part) => [part.eventIndex, part.measure]),
    [
      [0, 0],
      [2, 0],
      [4, 1],
      [5, 1],
    ],
  );
  assert.equal(planned.measure, 4);
  assert.deepEqual(planned.letters, []);
});

test('the day of the key comes from the first id that has a time, whatever the clock says later', () => {
  const message = batch([exchangeEvent('no id'), exchangeEvent(id(NOW - 80 * HOUR_MS)), exchangeEvent(id())]);

  const planned = plan(message);

  assert.equal(planned.day, Math.floor((NOW - 80 * HOUR_MS) / (24 * HOUR_MS)));
  assert.deepEqual(
    planned.letters.map((letter) => letter.reason),
    ['malformed', 'clock'],
  );
  assert.equal(planned.measure, 1);
});

test('the edges of the clock window are inside', () => {
  const planned = plan(batch([exchangeEvent(id(NOW - 72 * HOUR_MS)), exchangeEvent(id(NOW + 300_000))]));

  assert.deepEqual(planned.letters, []);
  assert.deepEqual([...planned.hours], [NOW - 72 * HOUR_MS, NOW]);
});

test('an event that breaks off in the middle leaves no half of a row', () => {
  const good = exchangeEvent(id());
  const bad = exchangeEvent(id(), { response: { headers: fields(['A', 'b']) } });
  const [opening] = partEvents(id());
  const message = batch([good, bad, opening, good]);
  const payload = Buffer.from(TrafficBatch.encode(message).finish());
  // The last header of the second event claims to be longer than its message.
  const header = payload.indexOf(Buffer.from([0x22, 0x06, 0x0a, 0x01, 0x41]));
  payload[header + 3] = 0x40;

  const planned = plan(message, payload);
  const without = plan(batch([good, opening, good]));

  assert.deepEqual(
    planned.letters.map((letter) => [letter.eventIndex, letter.reason, letter.measure]),
    [[1, 'undecodable', 1]],
  );
  assert.deepEqual(planned.rowEvents, [0, 3]);
  assert.deepEqual(
    planned.buffers.rows.slice(0, planned.buffers.rows.position()),
    without.buffers.rows.slice(0, without.buffers.rows.position()),
  );
});

test('events of another kind, of an unknown kind or of none are malformed, and are kept as they came', () => {
  const message = batch([bodyEvent(id()), { requestId: id(), event: undefined }]);
  const unknown = Buffer.concat([
    Buffer.from([0x0a, 36]),
    Buffer.from(id()),
    Buffer.from([0x7a, 3]),
    Buffer.from('new'),
  ]);
  const payload = Buffer.concat([
    TrafficBatch.encode(message).finish(),
    Buffer.from([0x32, unknown.length]),
    unknown,
  ]);

  const planned = plan(message, payload);

  assert.deepEqual(
    planned.letters.map((letter) => [letter.eventIndex, letter.reason, letter.measure]),
    [
      [0, 'malformed', 0],
      [1, 'malformed', 0],
      [2, 'malformed', 0],
    ],
  );
  assert.ok(Buffer.from(planned.letters[2]?.payload ?? []).includes(unknown));
});

test('whatever bytes come, each event ends as a row, a part or a letter', () => {
  const events = [
    exchangeEvent(id(), {
      request: { tls: { version: 'TLS 1.3', cipherSuite: 'x', serverName: 'y', alpn: 'h2' } },
    }),
    ...partEvents(id()),
  ];
  const message = batch(events);
  const payload = Buffer.from(TrafficBatch.encode(message).finish());
  let seed = 1;
  const random = (below: number): number => {
    seed = (seed * 48_271) % 0x7fffffff;
    return seed % below;
  };
  let read = 0;
  for (let round = 0; round < 20_000; round++) {
    const damaged = Buffer.from(payload);
    for (let i = 0; i <= random(3); i++) damaged[random(damaged.length)] = random(256);
    let planned: BatchPlan;
    try {
      planned = plan(message, damaged);
    } catch {
      continue; // The envelope is damaged: the batch goes to dead letters as a whole.
    }
    read++;
    assert.equal(
      planned.rowEvents.length + planned.parts.length + planned.letters.length,
      planned.batch.key.count,
    );
  }
  assert.ok(read > 10_000);
});

test('bodies count one by one', () => {
  const planned = plan(
    batch([bodyEvent(id()), bodyEvent('no id'), bodyEvent(id())], { kind: EventKind.EVENT_KIND_BODY }),
  );

  assert.equal(planned.measure, 2);
  assert.equal(planned.letters[0]?.measure, 1);
});
