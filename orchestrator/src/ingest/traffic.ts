import type { JsMsg } from '@nats-io/jetstream';
import type pg from 'pg';
import { BATCH_HEADERS } from '@culvert/traffic/batch-key';
import type { Clock } from '@culvert/runtime/clock';
import type { Logger } from '@culvert/runtime/log';
import type { PathFolds } from '../rollups/path-folds.ts';
import { createCopyBuffer } from '../store/copy-buffer.ts';
import type { Partitions } from '../store/partitions.ts';
import { isRefusal } from '../store/refusal.ts';
import { commitSet, withoutRepeats, type Committed, type IngestSet } from './commit/commit.ts';
import type { DeadLetter } from './dead-letter.ts';
import { publishedAt, readDelivery, undecodable, type Delivery } from './decode/delivery.ts';
import { readRequeued } from './decode/requeued.ts';
import type { IngestLimits } from './limits.ts';
import type { IngestMetrics } from './metrics.ts';
import { onceMore } from './once-more.ts';
import { planBatch, type BatchPlan, type PlanBuffers } from './plan.ts';
import { headerOf } from './pull/headers.ts';
import { toDelivery } from './pull/to-delivery.ts';

/** What becomes of traffic batches of one kind. Each lane has its own, because it reuses its memory. */
export interface TrafficWork {
  prepare(messages: readonly JsMsg[]): TrafficSet;
  commit(set: TrafficSet): Promise<void>;
  /** A set of one message that can be neither prepared nor committed: it becomes a dead letter. */
  park(message: JsMsg, error: unknown): TrafficSet;
}

/** Messages with what has been planned for them; that changes when their hours are dropped meanwhile. */
export interface TrafficSet {
  readonly deliveries: readonly Delivery[];
  planned: IngestSet;
  /** From when on exchanges were kept, in Unix milliseconds, when it was planned. */
  keptSince: number;
}

/** What {@link createTrafficWork} needs. */
export interface TrafficWorkOptions {
  readonly label: string;
  /** The number of the EventKind. */
  readonly kind: number;
  readonly pool: pg.Pool;
  readonly partitions: Partitions;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: IngestLimits;
  readonly metrics: IngestMetrics;
  /** How paths are counted. */
  readonly folds: PathFolds;
}

const TABLES: Readonly<Record<string, string>> = {
  exchange: 'http_transactions',
  body: 'http_bodies',
  frame: 'websocket_frames',
};

/** Plans sets of batches and commits them. */
export function createTrafficWork(options: TrafficWorkOptions): TrafficWork {
  const buffers = { rows: createCopyBuffer(), parts: createCopyBuffer() };

  async function store(set: TrafficSet): Promise<Committed> {
    await options.partitions.ensure(set.planned.plans.flatMap((plan) => [...plan.hours]));
    const keptSince = options.partitions.keptSince();
    if (keptSince > set.keptSince) {
      set.planned = planSet(set.deliveries, buffers, options);
      set.keptSince = keptSince;
    }
    return commitSomehow(set.planned, options);
  }

  return {
    prepare(messages) {
      const deliveries = messages.map(toDelivery);
      const keptSince = options.partitions.keptSince();
      return { deliveries, keptSince, planned: planSet(deliveries, buffers, options) };
    },
    park(message, error) {
      buffers.rows.clear();
      buffers.parts.clear();
      const letter = { ...undecodable(toDelivery(message), error), streamSequence: message.seq };
      const planned = { plans: [], repeated: [], letters: [letter], buffers, folds: options.folds };
      // With nothing to plan, nothing is planned anew.
      return {
        deliveries: [],
        keptSince: Infinity,
        planned: { ...planned, kind: options.kind, now: options.clock.now() },
      };
    },
    async commit(set) {
      const end = options.metrics.transactions.startTimer({ kind: options.label });
      try {
        count(await onceMore(() => store(set), options), options);
        end();
      } catch (error) {
        options.metrics.failures.inc({ kind: options.label });
        throw error;
      }
    },
  };
}

/** A set from messages as they were delivered. */
function planSet(
  deliveries: readonly Delivery[],
  buffers: PlanBuffers,
  options: TrafficWorkOptions,
): IngestSet {
  buffers.rows.clear();
  buffers.parts.clear();
  const now = options.clock.now();
  const planned: BatchPlan[] = [];
  const letters: DeadLetter[] = [];
  for (const delivery of deliveries) {
    const result = planDelivery(delivery, buffers, now, options);
    if ('batch' in result) planned.push(result);
    else letters.push(result);
  }
  return { kind: options.kind, ...withoutRepeats(planned), letters, buffers, folds: options.folds, now };
}

function planDelivery(
  delivery: Delivery,
  buffers: PlanBuffers,
  now: number,
  { limits: { acceptedPastMs, acceptedFutureMs }, partitions, log }: TrafficWorkOptions,
): BatchPlan | DeadLetter {
  const message = { requeued: readRequeued(delivery), streamSequence: delivery.streamSequence };
  const rows = buffers.rows.position();
  const parts = buffers.parts.position();
  try {
    const read = readDelivery(delivery);
    if (read.batch === undefined) return { ...read.letter, ...message };
    const context = { now, publishedAt: publishedAt(delivery), acceptedPastMs, acceptedFutureMs };
    return {
      ...planBatch(read.batch, buffers, { ...context, keptSince: partitions.keptSince() }),
      ...message,
    };
  } catch (error) {
    // A fault of this program: it must not keep other batches back, nor come again for ever.
    log.error(
      { err: error, subject: delivery.subject },
      'a batch becomes a dead letter for a fault of this program',
    );
    buffers.rows.truncate(rows);
    buffers.parts.truncate(parts);
    return { ...undecodable(delivery, error), ...message };
  }
}

/** First as if nothing could be refused; then, if something is, by looking for it. */
async function commitSomehow(set: IngestSet, options: TrafficWorkOptions): Promise<Committed> {
  const onSplit = (): void => {
    options.metrics.bisections.inc({ kind: options.label });
  };
  try {
    return await commitSet(options.pool, set, { careful: false, onSplit });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return commitSet(options.pool, set, { careful: true, onSplit });
  }
}

function count(committed: Committed, options: TrafficWorkOptions): void {
  const { metrics, label: kind } = options;
  const now = options.clock.now();
  metrics.duplicates.inc({ kind }, committed.known.length);
  metrics.batches.inc({ kind }, committed.fresh.length);
  for (const letter of committed.letters) metrics.deadLetters.inc({ kind, reason: letter.reason });
  for (const plan of committed.fresh) {
    metrics.bytes.inc({ kind }, plan.batch.bytes.length);
    metrics.events.inc({ kind }, plan.batch.key.count);
    metrics.rows.inc({ table: TABLES[kind] ?? kind }, plan.rowEnds.length + plan.parts.length);
    metrics.commitAge.observe({ kind }, Math.max(0, now - plan.publishedAt) / 1_000);
  }
}

/** How many events a message says it holds; what it says is not relied on. */
export function weighBatch(message: JsMsg): { readonly weight: number; readonly bytes: number } {
  const count = Number(headerOf(message, BATCH_HEADERS.count));
  return { weight: count >= 1 ? count : 1, bytes: message.data.length };
}
