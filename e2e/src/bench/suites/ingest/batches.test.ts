import assert from 'node:assert/strict';
import test from 'node:test';
import { EventKind, TrafficBatch } from '@culvert/proto';
import { makeBatches } from './batches.ts';

const NOW = Date.UTC(2026, 10, 21);

test('batches hold every exchange once, every tenth in halves, and a body for each', () => {
  const counts = { exchange: 0, request: 0, response: 0, end: 0, body: 0 };
  const keys = new Set<string>();

  for (const { messageId, payload } of makeBatches(20_000, Buffer.alloc(16), NOW)) {
    if (messageId.endsWith('/again')) continue;
    keys.add(messageId);
    for (const { event } of TrafficBatch.decode(payload).events)
      counts[event?.$case as keyof typeof counts]++;
  }

  assert.deepEqual(counts, { exchange: 18_000, request: 2_000, response: 2_000, end: 2_000, body: 20_000 });
  assert.equal(keys.size, 88);
});

test('one batch in twenty is there twice, and none is larger than 512 KiB', () => {
  const batches = [...makeBatches(20_000, Buffer.alloc(16), NOW)];

  const repeated = batches.filter(({ messageId }) => messageId.endsWith('/again'));

  assert.equal(repeated.length, 4);
  assert.ok(Math.max(...batches.map(({ payload }) => payload.length)) <= 512 * 1024);
});

test('sequence numbers of a kind have no gap', () => {
  let next = 1;
  for (const { key, messageId } of makeBatches(5_000, Buffer.alloc(16), NOW)) {
    if (key.kind !== EventKind.EVENT_KIND_EXCHANGE || messageId.endsWith('/again')) continue;
    assert.equal(key.firstSequence, next);
    next += key.count;
  }
  assert.equal(next - 1, 5_000 + 2 * 500);
});
