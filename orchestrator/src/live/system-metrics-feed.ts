import type { NatsConnection } from '@nats-io/transport-node';
import type { Logger } from '@culvert/runtime/log';
import { readHeartbeat, type HeartbeatContext } from '../ingest/heartbeats/read-heartbeat.ts';
import { systemMetricsTime } from '../ingest/heartbeats/system-rows.ts';
import type { SystemMetrics } from '../query/system-metrics.ts';
import { createBoundedQueue } from './bounded-queue.ts';
import { createHub, type Hub } from './hub.ts';
import type { LiveMetrics } from './live-metrics.ts';
import type { LiveLimits } from './live-limits.ts';
import type { UpdateStream } from './update-stream.ts';

/** System metrics as they come from agents. */
export interface SystemMetricsFeed {
  /** What comes from now on, of one agent or of all. */
  follow(agentId: string | undefined): UpdateStream<SystemMetrics>;
  /** Ends what everybody follows. */
  stop(): void;
}

/** What {@link createSystemMetricsFeed} works with. */
export interface SystemMetricsFeedOptions {
  readonly connected: Promise<NatsConnection>;
  /** Unix time in milliseconds. */
  readonly now: () => number;
  readonly accepted: Omit<HeartbeatContext, 'now'>;
  readonly limits: Pick<LiveLimits, 'queue'>;
  readonly metrics: LiveMetrics;
  readonly log: Logger;
}

const SUBJECT = 'culvert.metrics.>';
/** What a measurement takes in memory, with room to spare. */
const MEASUREMENT_BYTES = 1_500;

/**
 * Hears heartbeats beside ingest and hands their measurements to all who follow. What ingest would refuse is not shown
 * either.
 */
export function createSystemMetricsFeed(options: SystemMetricsFeedOptions): SystemMetricsFeed {
  const { now, accepted, metrics } = options;
  const hub: Hub<string | undefined, SystemMetrics> = createHub({
    feed: 'system_metrics',
    subject: SUBJECT,
    connected: options.connected,
    createQueue: (hooks) =>
      createBoundedQueue({ most: options.limits.queue, weigh: () => MEASUREMENT_BYTES, ...hooks }),
    hear({ subject, data }) {
      const { measured, refused } = readMetrics(subject, data, { now: now(), ...accepted });
      if (refused !== undefined) metrics.refused.inc({ feed: 'system_metrics', reason: refused });
      if (measured === undefined) return;
      for (const viewer of hub.viewers)
        if (viewer.wants === undefined || viewer.wants === measured.agentId) viewer.push(measured);
    },
    onSilence: () => undefined,
    metrics,
    log: options.log,
  });
  return hub;
}

function readMetrics(
  subject: string,
  data: Uint8Array,
  context: HeartbeatContext,
): { readonly measured?: SystemMetrics; readonly refused?: string } {
  const { heartbeat, letter } = readHeartbeat(
    {
      subject,
      data: Buffer.from(data.buffer, data.byteOffset, data.byteLength),
      streamSequence: 0,
      header: () => '',
    },
    context,
  );
  if (heartbeat === undefined) return { refused: letter.reason };
  const at = systemMetricsTime(heartbeat);
  if (heartbeat.message.system === undefined || at === undefined) return {};
  const { at: _, ...values } = heartbeat.message.system;
  return { measured: { ...values, agentId: heartbeat.owner.agentId, at: new Date(at) } };
}
