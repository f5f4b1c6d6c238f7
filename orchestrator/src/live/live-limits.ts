import type { OpenBounds } from './open-exchanges.ts';

/** How much memory following takes at most, and how long it waits. */
export interface LiveLimits {
  /** What may wait for one viewer: updates, and what they take in bytes. */
  readonly queue: { readonly values: number; readonly bytes: number };
  readonly open: OpenBounds;
  /** How long missing events may take to come before they count as lost, in milliseconds. */
  readonly gapGraceMs: number;
}

/** What holds unless a deployment says otherwise. */
export const DEFAULT_LIVE_LIMITS: LiveLimits = {
  // A transport holds some of what it has taken besides: together with this it stays below 2 MB.
  queue: { values: 1_000, bytes: 1_700_000 },
  open: { exchanges: 10_000, bytes: 32 * 1024 ** 2 },
  gapGraceMs: 1_000,
};
