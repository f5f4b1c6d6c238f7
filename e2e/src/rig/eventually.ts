import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks again until the answer passes, for forty seconds at most.
 *
 * @param ask an error counts as an answer that does not pass: what is asked may be starting
 * @returns the answer that passed
 */
export async function eventually<T>(
  ask: () => Promise<T>,
  passes: (answer: T) => boolean,
  what: string,
): Promise<T> {
  const until = performance.now() + 40_000;
  let last: unknown;
  while (performance.now() < until) {
    try {
      const answer = await ask();
      if (passes(answer)) return answer;
      last = answer;
    } catch (error) {
      last = String(error);
    }
    await delay(50);
  }
  assert.fail(`did not happen: ${what}; last: ${JSON.stringify(last)}`);
}
