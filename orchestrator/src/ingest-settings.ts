import { integer } from '@culvert/runtime/config';
import { DEFAULT_INGEST_LIMITS as defaults } from './ingest/limits.ts';
import { DAY_MS } from './store/partition-names.ts';

const GIB = 1024 ** 3;

/** How much ingest takes at once and what it accepts. */
export const ingestSettings = {
  transactionEvents: integer(
    'CULVERT_INGEST_TRANSACTION_EVENTS',
    defaults.transactionEvents,
    'How many events one transaction of ingest stores at most.',
    { min: 1, max: 100_000, unit: 'events' },
  ),
  transactionMs: integer(
    'CULVERT_INGEST_TRANSACTION_MS',
    defaults.transactionMs,
    'How long ingest gathers the events of one transaction.',
    { min: 1, max: 10_000, unit: 'milliseconds' },
  ),
  ackWaitMs: integer(
    'CULVERT_INGEST_ACK_WAIT_MS',
    defaults.ackWaitMs,
    'After how long without an acknowledgement JetStream delivers a batch again.',
    { min: 1_000, max: 3_600_000, unit: 'milliseconds' },
  ),
  maxAckPending: integer(
    'CULVERT_INGEST_MAX_ACK_PENDING',
    defaults.maxAckPending,
    'How many batches of one kind may be unacknowledged at once, over all replicas.',
    { min: 1, max: 100_000, unit: 'batches' },
  ),
  acceptedPastMs: integer(
    'CULVERT_ACCEPTED_PAST_MS',
    defaults.acceptedPastMs,
    'How old the time in a request id may be; older ones go to dead letters.',
    { min: 60_000, max: 365 * DAY_MS, unit: 'milliseconds' },
  ),
  acceptedFutureMs: integer(
    'CULVERT_ACCEPTED_FUTURE_MS',
    defaults.acceptedFutureMs,
    'How far ahead the time in a request id may be; later ones go to dead letters.',
    { min: 1_000, max: DAY_MS, unit: 'milliseconds' },
  ),
  trafficMaxBytes: integer(
    'CULVERT_TRAFFIC_STREAM_BYTES',
    defaults.trafficMaxBytes,
    'How large the stream of traffic may grow; when it is full, agents wait.',
    { min: 1024 ** 2, max: 1024 * GIB, unit: 'bytes' },
  ),
  metricsMaxBytes: integer(
    'CULVERT_METRICS_STREAM_BYTES',
    defaults.metricsMaxBytes,
    'How large the stream of heartbeats and metrics may grow; the oldest go first.',
    { min: 1024 ** 2, max: 1024 * GIB, unit: 'bytes' },
  ),
  metricsMaxAgeMs: integer(
    'CULVERT_METRICS_STREAM_AGE_MS',
    defaults.metricsMaxAgeMs,
    'How long the stream of heartbeats and metrics keeps them.',
    { min: 60_000, max: 30 * DAY_MS, unit: 'milliseconds' },
  ),
};
