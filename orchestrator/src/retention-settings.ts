import { integer } from '@culvert/runtime/config';
import { DEFAULT_INGEST_LIMITS as defaults, type IngestLimits } from './ingest/limits.ts';
import { DAY_MS, HOUR_MS } from './store/partition-names.ts';

const MIB = 1024 ** 2;

/** How long and how much is kept. */
export const retentionSettings = {
  retentionMs: integer(
    'CULVERT_RETENTION_MS',
    defaults.retentionMs,
    'How long exchanges and measurements are kept; whole hours go, the oldest first.',
    { min: HOUR_MS, max: 3_650 * DAY_MS, unit: 'milliseconds' },
  ),
  retentionBytes: integer(
    'CULVERT_RETENTION_BYTES',
    defaults.retentionBytes,
    'How much exchanges and measurements may take in Postgres, indexes included, before the oldest hour goes; the running hour stays.',
    { min: 64 * MIB, max: 1024 ** 5, unit: 'bytes' },
  ),
  retentionPeriodMs: integer(
    'CULVERT_RETENTION_PERIOD_MS',
    defaults.retentionPeriodMs,
    'How often age and size of what is kept are looked at.',
    { min: 100, max: HOUR_MS, unit: 'milliseconds' },
  ),
  deadLetterAgeMs: integer(
    'CULVERT_DEAD_LETTER_AGE_MS',
    defaults.deadLetterAgeMs,
    'How long dead letters are kept.',
    { min: HOUR_MS, max: 3_650 * DAY_MS, unit: 'milliseconds' },
  ),
};

/** Contradictions among the settings, a sentence each. */
export function retentionProblems(
  values: Partial<Pick<IngestLimits, 'retentionMs' | 'acceptedPastMs'>>,
): readonly string[] {
  const { retentionMs, acceptedPastMs } = values;
  if (retentionMs === undefined || acceptedPastMs === undefined || retentionMs >= acceptedPastMs) return [];
  return [
    `CULVERT_RETENTION_MS (${retentionMs}) is less than CULVERT_ACCEPTED_PAST_MS (${acceptedPastMs}): what comes late would be accepted and thrown away at once; lower the latter as well`,
  ];
}
