import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conversations } from '@culvert/e2e/corpus/corpus';
import type { Conversation, Step } from '@culvert/e2e/corpus/conversation';
import type { Played } from './testing/conversation-recorder.ts';
import { cutAt, cutEverywhere, play } from './testing/play.ts';

for (const conversation of conversations) {
  test(`conversation, whole: ${conversation.name}`, () => {
    const { exchanges, opaque } = play(conversation.steps);
    assert.deepEqual(exchanges, conversation.exchanges);
    assert.equal(opaque, conversation.opaque);
  });

  test(`conversation, cut in two everywhere and byte by byte: ${conversation.name}`, () => {
    const whole = play(conversation.steps);
    const expected = summary(whole);
    for (const cut of cuts(conversation)) {
      const played = play(cut.steps);
      if (summary(played) !== expected) assert.deepEqual(played, whole, `cut ${cut.where}`);
    }
  });
}

/** Every cut of steps up to 8 KiB; of larger ones all near both ends and those at regular distances. */
function* cuts({ steps }: Conversation): Generator<{ where: string; steps: Step[] }> {
  for (const [index, step] of steps.entries()) {
    if (!('bytes' in step)) continue;
    const { length } = step.bytes;
    for (let offset = 1; offset < length; offset++) {
      const counts = length <= 8192 || offset < 256 || length - offset < 256 || offset % 997 === 0;
      if (counts) yield { where: `step ${index} at ${offset}`, steps: cutAt(steps, index, offset) };
    }
  }
  yield { where: 'byte by byte', steps: cutEverywhere(steps) };
}

function summary(played: Played): string {
  return JSON.stringify(played, (_, value: unknown) =>
    // Buffers come as what their own toJSON makes of them.
    isBytes(value) ? Buffer.from(value.data).toString('latin1') : value,
  );
}

function isBytes(value: unknown): value is { data: number[] } {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer';
}
