import type { Clock } from '@culvert/runtime/clock';
import { fingerprintsOf } from './inspect.ts';
import type { WebhookEntry } from './store.ts';

/** Remembers since when API servers have trusted which authorities. */
export interface Trust {
  /** Takes note of the webhook configuration as it is now. */
  observe(entries: readonly WebhookEntry[] | undefined): void;
  /**
   * For how many milliseconds every entry has trusted an authority; undefined when one of them does not. Without a
   * configuration nobody calls, so that nobody's trust is missing.
   */
  forMs(fingerprint: string | undefined): number | undefined;
}

export function createTrust(clock: Clock): Trust {
  let since = new Map<string, number>();
  let isCalled = true;
  return {
    observe(entries) {
      isCalled = entries !== undefined && entries.length > 0;
      const bundles = (entries ?? []).map(({ caBundle }) => fingerprintsOf(caBundle));
      const inAll = (bundles[0] ?? []).filter((print) => bundles.every((bundle) => bundle.includes(print)));
      const now = clock.now();
      since = new Map(inAll.map((print) => [print, since.get(print) ?? now]));
    },
    forMs(fingerprint) {
      if (!isCalled) return Number.POSITIVE_INFINITY;
      const began = fingerprint === undefined ? undefined : since.get(fingerprint);
      return began === undefined ? undefined : clock.now() - began;
    },
  };
}
