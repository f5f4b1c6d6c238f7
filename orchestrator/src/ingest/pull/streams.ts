import {
  AckPolicy,
  DiscardPolicy,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
  type ConsumerConfig,
  type JetStreamManager,
  type StreamConfig,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { IngestLimits } from '../limits.ts';

export const TRAFFIC_STREAM = 'CULVERT_TRAFFIC';
export const METRICS_STREAM = 'CULVERT_METRICS';

/** A durable consumer that all replicas share. */
export interface SharedConsumer {
  readonly stream: string;
  readonly name: string;
  readonly subjects: string;
}

/** One consumer for each kind of message. */
export const CONSUMERS = {
  exchange: { stream: TRAFFIC_STREAM, name: 'ingest-exchange', subjects: 'culvert.exchange.>' },
  body: { stream: TRAFFIC_STREAM, name: 'ingest-body', subjects: 'culvert.body.>' },
  frame: { stream: TRAFFIC_STREAM, name: 'ingest-frame', subjects: 'culvert.frame.>' },
  metrics: { stream: METRICS_STREAM, name: 'ingest-metrics', subjects: 'culvert.metrics.>' },
} as const satisfies Record<string, SharedConsumer>;

const STREAM_NOT_FOUND = 10059;
/** With other settings than the ones asked for; with the same ones, adding it again changes nothing. */
const CONSUMER_EXISTS = 10148;

/**
 * Makes the streams and consumers, or brings those that are there to these settings. Others, such as the number of
 * replicas, are left as they are.
 *
 * @throws when NATS is away or refuses
 */
export async function ensureStreams(manager: JetStreamManager, limits: IngestLimits): Promise<void> {
  for (const stream of streams(limits)) await ensureStream(manager, stream);
  for (const consumer of Object.values(CONSUMERS)) await ensureConsumer(manager, consumer, limits);
}

function streams(limits: IngestLimits): (Partial<StreamConfig> & { name: string })[] {
  return [
    {
      name: TRAFFIC_STREAM,
      subjects: ['culvert.exchange.>', 'culvert.body.>', 'culvert.frame.>'],
      retention: RetentionPolicy.Workqueue,
      storage: StorageType.File,
      max_bytes: limits.trafficMaxBytes,
      // A full stream refuses: then agents keep what they have, and loss is counted in one place only, there.
      discard: DiscardPolicy.New,
    },
    {
      name: METRICS_STREAM,
      subjects: ['culvert.metrics.>'],
      retention: RetentionPolicy.Limits,
      storage: StorageType.File,
      max_bytes: limits.metricsMaxBytes,
      max_age: nanos(limits.metricsMaxAgeMs),
      discard: DiscardPolicy.Old,
    },
  ];
}

async function ensureStream(
  manager: JetStreamManager,
  wanted: Partial<StreamConfig> & { name: string },
): Promise<void> {
  const info = await manager.streams.info(wanted.name).catch((error: unknown) => {
    if (error instanceof JetStreamApiError && error.code === STREAM_NOT_FOUND) return undefined;
    throw error;
  });
  if (info === undefined) {
    // Two replicas may both find it missing: adding the same stream again changes nothing.
    await manager.streams.add(wanted);
    return;
  }
  const held = info.config as unknown as Record<string, unknown>;
  const differs = Object.entries(wanted).some(
    ([name, value]) => JSON.stringify(held[name]) !== JSON.stringify(value),
  );
  if (differs) await manager.streams.update(wanted.name, wanted);
}

async function ensureConsumer(
  manager: JetStreamManager,
  consumer: SharedConsumer,
  limits: IngestLimits,
): Promise<void> {
  const config = consumerConfig(consumer, limits);
  try {
    await manager.consumers.add(consumer.stream, config);
  } catch (error) {
    if (!(error instanceof JetStreamApiError && error.code === CONSUMER_EXISTS)) throw error;
    await manager.consumers.update(consumer.stream, consumer.name, config);
  }
}

function consumerConfig(consumer: SharedConsumer, limits: IngestLimits): Partial<ConsumerConfig> {
  return {
    durable_name: consumer.name,
    filter_subject: consumer.subjects,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(limits.ackWaitMs),
    max_ack_pending: limits.maxAckPending,
    // No limit: while Postgres is away, batches are delivered again and again, and none may be lost for it.
    max_deliver: -1,
  };
}
