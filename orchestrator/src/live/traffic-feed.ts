import type { Msg, NatsConnection } from '@nats-io/transport-node';
import type { Logger } from '@culvert/runtime/log';
import type { ExchangeFilter } from '../filter/exchange-filter.ts';
import { compileFilter } from '../filter/match.ts';
import { readDelivery } from '../ingest/decode/delivery.ts';
import { REQUEUED_HEADER } from '../ingest/decode/requeued.ts';
import { headerOf } from '../ingest/pull/headers.ts';
import { createBoundedQueue } from './bounded-queue.ts';
import { createGapWatch } from './gap-watch.ts';
import { createHub, type Hub, type Viewer } from './hub.ts';
import type { LiveLimits } from './live-limits.ts';
import type { LiveMetrics } from './live-metrics.ts';
import { createOpenExchanges } from './open-exchanges.ts';
import { readEvents, type ClockWindow } from './read-events.ts';
import { createSequences, type Hole } from './sequences.ts';
import { showPart, showWhole } from './show.ts';
import { gapInstead, weighUpdate, type TrafficUpdate, type Wants } from './traffic-update.ts';
import type { UpdateStream } from './update-stream.ts';

/** Exchanges as agents publish them, before they are stored. */
export interface TrafficFeed {
  /** What matches and comes from now on: open exchanges when they are first seen, and again when they end. */
  follow(filter: ExchangeFilter): UpdateStream<TrafficUpdate>;
  /** Ends what everybody follows. */
  stop(): void;
}

/** What {@link createTrafficFeed} works with. */
export interface TrafficFeedOptions {
  readonly connected: Promise<NatsConnection>;
  /** Unix time in milliseconds. */
  readonly now: () => number;
  readonly accepted: Omit<ClockWindow, 'now'>;
  readonly limits: LiveLimits;
  readonly metrics: LiveMetrics;
  readonly log: Logger;
}

const FEED = 'traffic';
const SUBJECT = 'culvert.exchange.>';

/**
 * Hears batches of exchanges beside ingest and hands what they hold to all who follow. What ingest would refuse is not
 * shown either; batches that come again are not shown again, and missing ones show as gaps.
 */
export function createTrafficFeed(options: TrafficFeedOptions): TrafficFeed {
  const { metrics, limits } = options;
  const sequences = createSequences();
  const open = createOpenExchanges(limits.open, () => {
    metrics.evicted.inc();
  });
  const gaps = createGapWatch({
    graceMs: limits.gapGraceMs,
    missing: (hole) => sequences.missing(hole),
    onLost: (hole, lost) => {
      metrics.gaps.inc();
      metrics.lost.inc(lost);
      tellLoss(hub.viewers, hole, lost);
    },
  });
  const hear = (message: Msg): void => {
    // A dead letter that is published again tells of the past, by numbers that may be older than all that was heard.
    if (headerOf(message, REQUEUED_HEADER) !== '') return;
    const { subject, data } = message;
    const read = readDelivery({
      subject,
      data: Buffer.from(data.buffer, data.byteOffset, data.byteLength),
      streamSequence: 0,
      header: (name) => headerOf(message, name),
    });
    const { batch } = read;
    if (batch === undefined) {
      metrics.refused.inc({ feed: FEED, reason: read.letter.reason });
      return;
    }
    const now = options.now();
    const origin = { ...batch.identity, agentId: batch.key.agentId };
    const { repeated, hole } = sequences.note({ ...batch.key, origin }, now);
    if (repeated) {
      metrics.duplicates.inc();
      return;
    }
    if (hole !== undefined) gaps.expect(hole);
    const viewers = [...hub.viewers].filter((viewer) => viewer.wants.matcher.origin(origin));
    if (viewers.length === 0) return;
    readEvents(
      batch,
      { now, ...options.accepted },
      {
        whole: (columns, event) => {
          showWhole(viewers, batch, columns, event, now);
        },
        part: (columns, event) => {
          showPart(viewers, open, batch, columns, event, now);
        },
        refused: (reason) => {
          metrics.refused.inc({ feed: FEED, reason });
        },
      },
    );
    metrics.openExchanges.set(open.count);
  };
  const hub: Hub<Wants, TrafficUpdate> = createHub({
    feed: FEED,
    subject: SUBJECT,
    connected: options.connected,
    createQueue: (hooks) =>
      createBoundedQueue<TrafficUpdate>({
        most: limits.queue,
        weigh: weighUpdate,
        instead: gapInstead,
        ...hooks,
      }),
    hear,
    // What comes while nobody listens is not missing.
    onSilence: () => {
      sequences.forget();
      gaps.forget();
      open.forget();
      metrics.openExchanges.set(0);
    },
    metrics,
    log: options.log,
  });
  return {
    follow: (filter) => hub.follow({ matcher: compileFilter(filter), from: options.now() }),
    stop: () => {
      hub.stop();
    },
  };
}

/** Tells everybody who was there and who follows what the agent sends. */
function tellLoss(viewers: ReadonlySet<Viewer<Wants, TrafficUpdate>>, hole: Hole, lost: number): void {
  for (const { wants, push } of viewers)
    if (wants.from <= hole.foundAt && wants.matcher.origin(hole.batch.origin))
      push({ lost, since: Math.max(hole.since, wants.from) });
}
