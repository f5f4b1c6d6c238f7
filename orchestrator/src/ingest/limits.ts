import { DEFAULT_ROLLUP_LIMITS, type RollupLimits } from '../rollups/limits.ts';

/** How much ingest takes at once and what it accepts. Times are in milliseconds. */
export interface IngestLimits extends RollupLimits {
  readonly transactionEvents: number;
  /** How long a transaction's events are gathered, from the first one on. */
  readonly transactionMs: number;
  /** After this long without an acknowledgement JetStream delivers a batch again. */
  readonly ackWaitMs: number;
  /** Batches that may be unacknowledged at once, over all replicas, for each kind. */
  readonly maxAckPending: number;
  /** How old and how far ahead the time in a request id may be. */
  readonly acceptedPastMs: number;
  readonly acceptedFutureMs: number;
  readonly trafficMaxBytes: number;
  readonly metricsMaxBytes: number;
  readonly metricsMaxAgeMs: number;
  /** How long and how much is kept, whichever is less; in whole hours, oldest first. */
  readonly retentionMs: number;
  readonly retentionBytes: number;
  /** How often that is looked after. */
  readonly retentionPeriodMs: number;
  readonly deadLetterAgeMs: number;
}

/** What holds unless a deployment says otherwise. */
export const DEFAULT_INGEST_LIMITS: IngestLimits = {
  transactionEvents: 5_000,
  transactionMs: 50,
  ackWaitMs: 60_000,
  maxAckPending: 1_000,
  acceptedPastMs: 72 * 3_600_000,
  acceptedFutureMs: 5 * 60_000,
  trafficMaxBytes: 2 * 1024 ** 3,
  metricsMaxBytes: 256 * 1024 ** 2,
  metricsMaxAgeMs: 24 * 3_600_000,
  retentionMs: 72 * 3_600_000,
  retentionBytes: 20 * 1024 ** 3,
  retentionPeriodMs: 60_000,
  deadLetterAgeMs: 14 * 24 * 3_600_000,
  ...DEFAULT_ROLLUP_LIMITS,
};
