import type { JsMsg } from '@nats-io/jetstream';
import type { Clock } from '@culvert/runtime/clock';
import { errorType } from '@culvert/runtime/tracing/error-type';
import { readTraceParent, type TraceParent } from '@culvert/runtime/tracing/trace-parent';
import type { Span, Tracing } from '@culvert/runtime/tracing/tracing';
import { BATCH_HEADERS } from '@culvert/traffic/batch-key';
import { publishedAt } from './decode/delivery.ts';
import { toDelivery } from './pull/to-delivery.ts';

/** The part of a lane's work that is traced. */
interface Work<S> {
  prepare(messages: readonly JsMsg[]): S;
  commit(set: S): Promise<void>;
}

/** Says how many of so many batches may be traced at a time, in Unix milliseconds. */
export type BatchBudget = (wanted: number, now: number) => number;

/** What {@link traceWork} needs. */
export interface BatchSpansOptions {
  readonly tracing: Tracing;
  readonly clock: Clock;
  /** Shared by all lanes. */
  readonly budget: BatchBudget;
  /** exchange, body or frame. */
  readonly label: string;
  /** The name of the consumer that the lane pulls from. */
  readonly consumer: string;
}

/** What is kept of a batch until its set is committed. */
interface TracedBatch {
  readonly place: TraceParent;
  readonly subject: string;
  readonly publishedAt: number;
  readonly storedAt: number;
  readonly receivedAt: number;
  readonly redelivered: boolean;
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** Under load not every batch is worth its spans: more than these in a second are not traced. */
const BATCHES_A_SECOND = 100;
const SIDECAR = 'culvert-sidecar';

/**
 * Makes the spans of batches on their way from an agent to the commit. An agent makes none itself: it puts a place in
 * a trace and the time into the headers of what it publishes. In each batch's own trace stand `publish`, in the agent's
 * name, and `process`, which ends with the commit; the transaction, which takes many batches, links to all of them, and
 * is part of the trace where it takes but one.
 */
export function traceWork<S extends object, W extends Work<S>>(work: W, options: BatchSpansOptions): W {
  const { tracing, clock } = options;
  if (!tracing.on) return work;
  const batches = new WeakMap<S, readonly TracedBatch[]>();
  return {
    ...work,
    prepare(messages) {
      const now = clock.now();
      const set = work.prepare(messages);
      const traced = messages.flatMap((message) => readBatch(message, now, options) ?? []);
      batches.set(set, traced.slice(0, options.budget(traced.length, now)));
      return set;
    },
    async commit(set) {
      const traced = (batches.get(set) ?? []).map((batch) => open(batch, options));
      const recorded = traced.filter(({ process }) => process.place?.sampled === true);
      if (recorded.length === 0) return work.commit(set);
      const transaction = openTransaction(
        recorded.map(({ process }) => process),
        options,
      );
      try {
        await tracing.within(transaction, () => work.commit(set));
        for (const { publish, batch } of recorded)
          if (!batch.redelivered) publish.end(Math.max(batch.storedAt, batch.publishedAt));
      } catch (error) {
        for (const span of [transaction, ...recorded.map(({ process }) => process)])
          span.fail(errorType(error));
        throw error;
      } finally {
        transaction.end();
        for (const { process } of recorded) process.end();
      }
    },
  };
}

function readBatch(message: JsMsg, now: number, options: BatchSpansOptions): TracedBatch | undefined {
  const delivery = toDelivery(message);
  const place = readTraceParent(delivery.header(BATCH_HEADERS.traceparent));
  const published = publishedAt(delivery);
  if (place === undefined || published === undefined) return undefined;
  return {
    place,
    subject: message.subject,
    publishedAt: published,
    storedAt: Number(message.timestampNanos) / 1e6,
    receivedAt: now,
    redelivered: message.redelivered,
    attributes: {
      'messaging.system': 'nats',
      'messaging.destination.name': message.subject,
      'messaging.destination.template': `culvert.${options.label}.{cluster}.{namespace}.{agent}`,
      'messaging.message.body.size': message.data.length,
      'messaging.message.id': delivery.header(BATCH_HEADERS.messageId),
    },
  };
}

/** An agent's mark that it samples says nothing, so the sampler decides anew about each of its traces. */
function open(batch: TracedBatch, { tracing, label, consumer }: BatchSpansOptions) {
  const publish = tracing.startFor(SIDECAR, batch.place, `publish culvert.${label}`, {
    kind: 'producer',
    at: batch.publishedAt,
    attributes: {
      ...batch.attributes,
      'messaging.operation.name': 'publish',
      'messaging.operation.type': 'send',
    },
  });
  const process = tracing.start(`process culvert.${label}`, {
    kind: 'consumer',
    parent: publish.place,
    at: batch.receivedAt,
    attributes: {
      ...batch.attributes,
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.consumer.group.name': consumer,
      'culvert.batch.redelivered': batch.redelivered,
    },
  });
  return { batch, publish, process };
}

function openTransaction(batches: readonly Span[], { tracing, label }: BatchSpansOptions): Span {
  const places = batches.flatMap(({ place }) => place ?? []);
  return tracing.start(`commit ${label}`, {
    parent: places.length === 1 ? places[0] : null,
    links: places,
    attributes: { 'culvert.kind': label, 'messaging.batch.message_count': batches.length },
  });
}

/** Allows so many batches in each second. */
export function createBatchBudget(): BatchBudget {
  let second = 0;
  let left = 0;
  return (wanted, now) => {
    if (Math.floor(now / 1_000) !== second) {
      second = Math.floor(now / 1_000);
      left = BATCHES_A_SECOND;
    }
    const granted = Math.min(wanted, left);
    left -= granted;
    return granted;
  };
}
