import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogger } from '@culvert/runtime/log';
import { becomes } from '../capture/testing/kit.ts';
import { followKey } from './follow.ts';
import type { Answer } from './stored-document.ts';

function answer(text: string, sequence: number): Answer {
  const headers: Record<string, string> = {
    'Nats-Sequence': String(sequence),
    'Nats-Time-Stamp': new Date(sequence).toISOString(),
  };
  return { data: Buffer.from(text), header: (name) => headers[name] ?? '', status: 0 };
}

/** A follower of a stream that gives these answers, the last one again and again. */
function follow(t: { after(run: () => void): void }, answers: readonly Answer[]) {
  const documents: string[] = [];
  let asked = 0;
  let hear: (payload: Uint8Array) => void = () => undefined;
  const follower = followKey({
    key: 'workload.shop.Deployment.cart.0a1b2c3d',
    log: createLogger('test', 'fatal'),
    onDocument: (text) => documents.push(text),
    link: {
      listen: (_subject, onMessage) => {
        hear = onMessage;
      },
      request: () => Promise.resolve(answers[Math.min(asked++, answers.length - 1)]!),
    },
  });
  t.after(() => {
    follower.stop();
  });
  return {
    documents,
    hear: (text: string) => {
      hear(Buffer.from(text));
    },
  };
}

test('of two changes in a row the second is found, though the first could be read for longer', async (t) => {
  const { documents, hear } = follow(t, [answer('first', 1), answer('first', 1), answer('second', 2)]);

  hear('first');
  hear('second');

  await becomes(() => documents.includes('second'), 'the second is found');
  assert.deepEqual(documents, ['first', 'second']);
});
