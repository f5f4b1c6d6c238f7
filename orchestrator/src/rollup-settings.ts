import { integer } from '@culvert/runtime/config';
import { DEFAULT_ROLLUP_LIMITS as defaults } from './rollups/limits.ts';
import { HOUR_MS } from './store/partition-names.ts';

/** How long counts of exchanges are kept. */
export const rollupSettings = {
  minutesKeptMs: integer(
    'CULVERT_STATS_MINUTES_MS',
    defaults.minutesKeptMs,
    'How long exchanges stay counted by the minute.',
    { min: HOUR_MS, max: 7 * 24 * HOUR_MS, unit: 'milliseconds' },
  ),
  hoursKeptMs: integer(
    'CULVERT_STATS_HOURS_MS',
    defaults.hoursKeptMs,
    'How long exchanges stay counted by the hour; never shorter than by the minute.',
    { min: 24 * HOUR_MS, max: 400 * 24 * HOUR_MS, unit: 'milliseconds' },
  ),
};

/** What is wrong with the settings together. */
export function rollupProblems(values: {
  readonly minutesKeptMs?: number;
  readonly hoursKeptMs?: number;
}): string[] {
  const { minutesKeptMs = 0, hoursKeptMs = Infinity } = values;
  return minutesKeptMs > hoursKeptMs
    ? [
        `CULVERT_STATS_HOURS_MS is ${hoursKeptMs}, less than CULVERT_STATS_MINUTES_MS, which is ${minutesKeptMs}: give it as much at least`,
      ]
    : [];
}
