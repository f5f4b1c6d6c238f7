import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits for a condition.
 *
 * @param what completes the sentence "gave up waiting until …"
 * @param holds asked again and again; a fault counts as "not yet"
 * @throws when it didn't hold within `timeoutMs`
 */
export async function until(
  what: string,
  holds: () => Promise<boolean> | boolean,
  { timeoutMs = 15_000, everyMs = 25 }: { readonly timeoutMs?: number; readonly everyMs?: number } = {},
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  let fault: unknown;
  while (performance.now() < deadline) {
    try {
      if (await holds()) return;
      fault = undefined;
    } catch (error) {
      fault = error;
    }
    await delay(everyMs);
  }
  throw new Error(`gave up waiting until ${what} after ${timeoutMs} ms`, { cause: fault });
}
