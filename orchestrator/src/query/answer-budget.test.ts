import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAnswerBudget, type AnswerBudget } from './answer-budget.ts';
import { createPermits } from './permits.ts';

/** Reads bodies that are there when `arrive` is called. */
function slowRead(budget: AnswerBudget, many: boolean) {
  const state = { begun: false, arrive: (): void => undefined };
  const done = budget.read(many, async () => {
    state.begun = true;
    await new Promise<void>((resolve) => (state.arrive = resolve));
    return { bytes: 10 };
  });
  return { state, done };
}

const turns = async (): Promise<void> => {
  for (let n = 0; n < 20; n++) await Promise.resolve();
};

test('of operations with bodies of several exchanges only so many run at once, until they have been answered', async () => {
  const permits = createPermits(1);
  const [first, second, third] = [1, 2, 3].map(() => createAnswerBudget(1_000, permits));
  assert.ok(first && second && third);

  const a = slowRead(first, true);
  const b = slowRead(second, true);
  const one = slowRead(third, false);
  await turns();
  const begun = [a.state.begun, b.state.begun, one.state.begun];
  a.state.arrive();
  await a.done;
  await turns();
  const afterRead = b.state.begun;
  first.end();
  await turns();

  assert.deepEqual([begun, afterRead, b.state.begun], [[true, false, true], false, true]);
  for (const { state } of [b, one]) state.arrive();
  await Promise.all([b.done, one.done]);
});

test('an operation that has been answered while it waited leaves its place to others', async () => {
  const permits = createPermits(1);
  const free = await permits.take();
  const [answered, other] = [createAnswerBudget(1_000, permits), createAnswerBudget(1_000, permits)];
  const late = slowRead(answered, true);
  const next = slowRead(other, true);
  await turns();

  answered.end();
  free();
  await assert.rejects(late.done);
  await turns();

  assert.deepEqual([late.state.begun, next.state.begun], [false, true]);
  next.state.arrive();
  await next.done;
});
