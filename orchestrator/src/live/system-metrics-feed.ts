import type { NatsConnection } from '@nats-io/transport-node';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Logger } from '@culvert/runtime/log';
import { readHeartbeat, type HeartbeatContext } from '../ingest/heartbeats/read-heartbeat.ts';
import { systemMetricsTime } from '../ingest/heartbeats/system-rows.ts';
import type { SystemMetrics } from '../query/system-metrics.ts';
import { createBoundedQueue, type BoundedQueue } from './bounded-queue.ts';

/** System metrics as they come from agents. */
export interface SystemMetricsFeed {
  /** What comes from now on, of one agent or of all. */
  follow(agentId: string | undefined): AsyncIterable<SystemMetrics>;
  /** Ends what everybody follows. */
  stop(): void;
}

/** What {@link createSystemMetricsFeed} works with. */
export interface SystemMetricsFeedOptions {
  readonly connected: Promise<NatsConnection>;
  /** Unix time in milliseconds. */
  readonly now: () => number;
  readonly accepted: Omit<HeartbeatContext, 'now'>;
  readonly registry: Registry;
  readonly log: Logger;
}

/** How many measurements may wait for a slow viewer. */
const WAITING = 1_000;
const SUBJECT = 'culvert.metrics.>';

/**
 * Hears heartbeats beside ingest and hands their measurements to all who follow. Every replica hears all of them, by a
 * subscription that exists while somebody follows. What ingest would refuse is not shown either.
 */
export function createSystemMetricsFeed(options: SystemMetricsFeedOptions): SystemMetricsFeed {
  const { registry, log } = options;
  const queues = new Set<{
    readonly agentId: string | undefined;
    readonly queue: BoundedQueue<SystemMetrics>;
  }>();
  let unsubscribe: (() => void) | undefined;
  let stopped = false;
  const dropped = new Counter({
    name: 'culvert_live_dropped_total',
    help: 'Updates that a viewer was too slow for.',
    registers: [registry],
  });
  const viewers = new Gauge({
    name: 'culvert_live_viewers',
    help: 'Subscriptions that are being served.',
    registers: [registry],
  });

  const onHeartbeat = (subject: string, data: Uint8Array): void => {
    const metrics = readMetrics(subject, data, { now: options.now(), ...options.accepted });
    if (metrics === undefined) return;
    for (const { agentId, queue } of queues)
      if (agentId === undefined || agentId === metrics.agentId) queue.push(metrics);
  };
  const listen = (): void => {
    let wanted = true;
    let end = (): void => undefined;
    unsubscribe = () => {
      wanted = false;
      end();
    };
    options.connected.then(
      (nats) => {
        if (!wanted || nats.isClosed()) return;
        const subscription = nats.subscribe(SUBJECT, {
          callback: (error, message) => {
            if (error === null) onHeartbeat(message.subject, message.data);
            else log.warn({ err: error }, 'live measurements can not be heard');
          },
        });
        end = () => {
          if (!nats.isClosed()) subscription.unsubscribe();
        };
      },
      // Told of by whoever connects.
      () => undefined,
    );
  };

  return {
    follow(agentId) {
      const viewer = {
        agentId,
        queue: createBoundedQueue<SystemMetrics>(
          WAITING,
          () => {
            dropped.inc();
          },
          () => {
            queues.delete(viewer);
            viewers.set(queues.size);
            if (queues.size > 0) return;
            unsubscribe?.();
            unsubscribe = undefined;
          },
        ),
      };
      queues.add(viewer);
      viewers.set(queues.size);
      if (stopped) viewer.queue.end();
      else if (unsubscribe === undefined) listen();
      return viewer.queue;
    },
    stop() {
      stopped = true;
      for (const { queue } of queues) queue.end();
    },
  };
}

function readMetrics(
  subject: string,
  data: Uint8Array,
  context: HeartbeatContext,
): SystemMetrics | undefined {
  const { heartbeat } = readHeartbeat(
    {
      subject,
      data: Buffer.from(data.buffer, data.byteOffset, data.byteLength),
      streamSequence: 0,
      header: () => '',
    },
    context,
  );
  const at = heartbeat && systemMetricsTime(heartbeat);
  if (heartbeat?.message.system === undefined || at === undefined) return undefined;
  const { at: _, ...values } = heartbeat.message.system;
  return { ...values, agentId: heartbeat.owner.agentId, at: new Date(at) };
}
