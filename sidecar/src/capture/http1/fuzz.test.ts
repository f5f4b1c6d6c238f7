import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesFrom, conversations } from '@culvert/e2e/corpus/corpus';
import type { Side, Step } from '@culvert/e2e/corpus/conversation';
import type { Played } from './testing/conversation-recorder.ts';
import { mutate } from './testing/mutation.ts';
import { play } from './testing/play.ts';
import { randomNumbers, type RandomNumbers } from './testing/random-numbers.ts';

const ROUNDS = 50;
const SEED = 20261121;
/** The order of one side's events as letters; a fault may stand at the end. */
const IN_ORDER = /^(si|shb*t?e)*(s(i|hb*t?e?|hx)?)?f?$/;

test('changed conversations never throw, read the same however they are cut, and in order', () => {
  const random = randomNumbers(SEED);
  const small = conversations.filter((conversation) => bytesFrom(conversation, 'client').length < 4096);
  for (let round = 0; round < ROUNDS; round++) {
    for (const original of small) {
      const conversation = { ...original, steps: original.steps.map((step) => mutated(step, random)) };
      const about = `${original.name}, round ${round}`;
      const whole = play(conversation.steps);
      assert.deepEqual(play(cutAtRandom(conversation.steps, random)), whole, about);
      for (const side of ['client', 'server'] as const) {
        assert.match(order(whole, side), IN_ORDER, about);
        assert.ok(payload(whole, side) <= bytesFrom(conversation, side).length, about);
      }
    }
  }
});

function mutated(step: Step, random: RandomNumbers): Step {
  return 'bytes' in step ? { from: step.from, bytes: mutate(step.bytes, random) } : step;
}

function cutAtRandom(steps: readonly Step[], random: RandomNumbers): Step[] {
  const pieces: Step[] = [];
  for (const step of steps) {
    if (!('bytes' in step)) {
      pieces.push(step);
      continue;
    }
    const longest = 1 + random(40);
    for (let from = 0, to = 0; from < step.bytes.length; from = to) {
      to = from + 1 + random(longest);
      pieces.push({ from: step.from, bytes: step.bytes.subarray(from, to) });
    }
  }
  return pieces;
}

const LETTERS = { start: 's', interim: 'i', head: 'h', body: 'b', trailers: 't', end: 'e', switch: 'x' };

function order({ events }: Played, side: Side): string {
  const names = events.filter((event) => event.startsWith(side)).map((event) => event.split(' ')[1]!);
  return names.map((name) => (name in LETTERS ? LETTERS[name as keyof typeof LETTERS] : 'f')).join('');
}

function payload({ exchanges }: Played, side: Side): number {
  const messages = exchanges.map(({ request, response }) => (side === 'client' ? request : response));
  return messages.reduce((sum, message) => sum + (message?.body.length ?? 0), 0);
}
