import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSequences } from './sequences.ts';

const origin = { agentId: 'agent-1', cluster: 'local', namespace: 'shop', workload: '' };

function start() {
  const sequences = createSequences();
  let now = 0;
  const note = (from: number, count: number, bootId = 'boot-1', agentId = 'agent-1') =>
    sequences.note({ agentId, bootId, origin, firstSequence: from, count }, ++now);
  return { sequences, note };
}

test('a batch is repeated when all of it was heard, also after others and before what was heard first', () => {
  const { note } = start();

  const repeated = [
    note(100, 10),
    note(100, 10),
    note(50, 10),
    note(110, 10),
    note(50, 10),
    note(105, 10),
    note(105, 20),
  ].map((noted) => noted.repeated);

  assert.deepEqual(repeated, [false, true, false, false, true, true, false]);
});

test('a hole is what lies between the highest number and the next ones; what comes later makes it smaller', () => {
  const { sequences, note } = start();
  note(100, 10);

  const { hole } = note(120, 5);
  assert.ok(hole);
  const before = sequences.missing(hole);
  const late = note(112, 3);

  assert.deepEqual([hole.from, hole.to, hole.since, hole.foundAt], [110, 120, 1, 2]);
  assert.equal(before, 10);
  assert.equal(late.hole, undefined);
  assert.equal(sequences.missing(hole), 7);
});

test('agents and boots are told apart; a boot of an agent that was heard before begins at 1', () => {
  const { note } = start();
  note(100, 10);

  const [other, restarted, again] = [note(100, 10, 'boot-1', 'agent-2'), note(3, 10, 'boot-2'), note(110, 1)];

  assert.deepEqual([other.repeated, other.hole], [false, undefined]);
  assert.deepEqual([restarted.repeated, restarted.hole?.from, restarted.hole?.to], [false, 1, 3]);
  assert.deepEqual([again.repeated, again.hole], [false, undefined]);
});

test('memory is bounded: of too many holes the oldest is waited for no longer, and forgotten agents are new', () => {
  const { sequences, note } = start();
  const holes = Array.from({ length: 100 }, (_, i) => note(1 + i * 10, 5).hole).slice(1);
  const open = holes.map((hole) => (hole === undefined ? 0 : sequences.missing(hole)));
  for (let i = 0; i < 20_000; i++) note(1, 1, 'boot-1', `other-${i}`);

  const forgotten = note(1, 5);

  assert.equal(open.filter((count) => count === 5).length, 63);
  assert.deepEqual(open.slice(-63), new Array(63).fill(5));
  assert.deepEqual(forgotten, { repeated: false, hole: undefined });
});
