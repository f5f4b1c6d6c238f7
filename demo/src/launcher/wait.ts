import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks again and again until a condition holds.
 *
 * @param condition what must become true; an error it throws ends the waiting
 * @returns false when it didn't hold within `timeoutMs`
 */
export async function becomesTrue(
  condition: () => Promise<boolean> | boolean,
  options: { readonly timeoutMs: number; readonly everyMs?: number; readonly signal?: AbortSignal },
): Promise<boolean> {
  const end = performance.now() + options.timeoutMs;
  while (options.signal?.aborted !== true) {
    if (await condition()) return true;
    if (performance.now() >= end) return false;
    await delay(options.everyMs ?? 20);
  }
  return false;
}
