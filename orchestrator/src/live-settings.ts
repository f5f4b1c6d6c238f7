import { integer } from '@culvert/runtime/config';
import { DEFAULT_LIVE_LIMITS as defaults, type LiveLimits } from './live/live-limits.ts';

/** How much memory subscriptions may take, and how long they wait. */
export const liveSettings = {
  liveQueueUpdates: integer(
    'CULVERT_LIVE_QUEUE_UPDATES',
    defaults.queue.values,
    'How many updates may wait for a slow subscriber; beyond it the oldest go, and traffic tells of them as a gap.',
    { min: 1, max: 1_000_000, unit: 'updates' },
  ),
  liveQueueBytes: integer(
    'CULVERT_LIVE_QUEUE_BYTES',
    defaults.queue.bytes,
    'How much memory the updates that wait for a slow subscriber may take.',
    { min: 10_000, max: 1024 ** 3, unit: 'bytes' },
  ),
  liveOpenExchanges: integer(
    'CULVERT_LIVE_OPEN_EXCHANGES',
    defaults.open.exchanges,
    'How many exchanges that have not ended are kept while somebody follows traffic, to be shown whole at their end.',
    { min: 1, max: 1_000_000, unit: 'exchanges' },
  ),
  liveOpenBytes: integer(
    'CULVERT_LIVE_OPEN_BYTES',
    defaults.open.bytes,
    'How much memory these exchanges may take.',
    { min: 10_000, max: 1024 ** 3, unit: 'bytes' },
  ),
  liveGapGraceMs: integer(
    'CULVERT_LIVE_GAP_GRACE_MS',
    defaults.gapGraceMs,
    'How long events that are missing may take to come before subscribers are told of a gap.',
    { min: 10, max: 60_000, unit: 'milliseconds' },
  ),
};

/** The limits of subscriptions from the settings. */
export function liveLimits(values: { readonly [K in keyof typeof liveSettings]: number }): LiveLimits {
  return {
    queue: { values: values.liveQueueUpdates, bytes: values.liveQueueBytes },
    open: { exchanges: values.liveOpenExchanges, bytes: values.liveOpenBytes },
    gapGraceMs: values.liveGapGraceMs,
  };
}
