import type { NatsConnection } from '@nats-io/transport-node';
import type { TrafficBatch, TrafficEvent } from '@culvert/proto';
import { batch, exchangeEvent, mintRequestId } from '../../ingest/testing/batches.ts';
import { publishBatch } from '../../ingest/testing/publish.ts';
import type { EventStream } from './event-stream.ts';

/** What subscriptions of tests ask for of an update. */
export const UPDATE = `
  __typename
  ... on HttpTransaction { requestId method status state path agentId durationMs }
  ... on GapMarker { lost since }`;

/** An update as {@link UPDATE} asks for it. */
export interface Update {
  readonly __typename: string;
  readonly requestId?: string;
  readonly method?: string;
  readonly status?: number;
  readonly state?: string;
  readonly path?: string;
  readonly agentId?: string;
  readonly lost?: number;
  readonly since?: string;
}

/** The updates that have come so far. */
export function updates(stream: EventStream): Update[] {
  return stream.data().map((event) => (event as { data: { trafficEvents: Update } }).data.trafficEvents);
}

/** What has come so far, in short: paths, and of gaps how much is lost. */
export function told(stream: EventStream): (string | number | undefined)[] {
  return updates(stream).map(({ path, lost }) => lost ?? path);
}

/** An agent that publishes one batch after the other. */
export function createAgent(nats: NatsConnection, agentId = 'agent-1', boot = 1) {
  let next = 1;
  const made = (events: readonly TrafficEvent[], more: Partial<TrafficBatch> = {}): TrafficBatch => {
    const result = batch(events, {
      agentId,
      bootId: Buffer.alloc(16, boot),
      firstSequence: next,
      ...more,
    });
    next += events.length;
    return result;
  };
  return {
    /** The next batch, as it may be published later. */
    made,
    /** The next batch of exchanges with these paths. */
    exchanges: (...paths: readonly string[]): TrafficBatch => made(paths.map((path) => exchangeTo(path))),
    publish: (what: TrafficBatch, more: Parameters<typeof publishBatch>[2] = {}): Promise<void> =>
      publishBatch(nats, what, more),
  };
}

/** An exchange with a path. */
export function exchangeTo(path: string, requestId = mintRequestId()): TrafficEvent {
  return exchangeEvent(requestId, { request: { url: Buffer.from(`http://cart.local:8080${path}`) } });
}
