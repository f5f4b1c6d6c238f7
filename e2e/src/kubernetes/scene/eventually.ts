import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks again until the answer passes.
 *
 * @param ask an error counts as an answer that does not pass: what is asked may be starting
 * @param what should happen, for the message
 * @returns the answer that passed
 */
export async function eventually<T>(
  ask: () => Promise<T>,
  passes: (answer: T) => boolean,
  what: string,
  timeoutMs = 60_000,
): Promise<T> {
  const until = performance.now() + timeoutMs;
  let last: unknown;
  while (performance.now() < until) {
    try {
      const answer = await ask();
      if (passes(answer)) return answer;
      last = answer;
    } catch (error) {
      last = String(error);
    }
    await delay(200);
  }
  assert.fail(
    `did not happen within ${timeoutMs / 1000} s: ${what}; last: ${JSON.stringify(last).slice(0, 4000)}`,
  );
}
