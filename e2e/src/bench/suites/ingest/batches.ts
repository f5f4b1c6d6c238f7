import { EventKind, TrafficBatch, type TrafficEvent } from '@culvert/proto';
import { formatBatchKey, type BatchKey } from '@culvert/traffic/batch-key';
import { createRequestIdMinter } from '@culvert/traffic/request-id';
import { agentSubject } from '@culvert/traffic/subject';
import { makeExchange } from './exchanges.ts';

const EVENTS_OF_BATCH = 500;
const EVERY_REPEATED = 20;
/** Exchanges a millisecond, by their ids. */
const PER_MS = 20;
/** How many exchanges later the second half of one comes. */
const HALF_LATER = 1000;

const IDENTITY = {
  ...{ cluster: 'bench', namespace: 'shop', workload: 'Deployment/orders', pod: 'orders-7c9d8b6f5-x2x7q' },
  ...{ node: 'node-1', version: '0.1.0', role: 'capture' },
};

/** A batch as it is published. */
export interface MadeBatch {
  readonly key: BatchKey;
  /** What JetStream knows it by: another one each time it is published. */
  readonly messageId: string;
  readonly subject: string;
  readonly payload: Uint8Array;
}

/**
 * Makes the batches that hold so many exchanges: heads and bodies apart, 500 events each, every twentieth batch
 * published a second time.
 *
 * @param now Unix milliseconds; the exchanges happened right before
 */
export function* makeBatches(exchanges: number, bootId: Buffer, now: number): Generator<MadeBatch> {
  const mint = createRequestIdMinter();
  const exchange = createBatcher(EventKind.EVENT_KIND_EXCHANGE, bootId);
  const body = createBatcher(EventKind.EVENT_KIND_BODY, bootId);
  const later: { readonly due: number; readonly events: readonly TrafficEvent[] }[] = [];
  const begin = now - exchanges / PER_MS;
  for (let index = 0; index < exchanges; index++) {
    const time = begin + index / PER_MS;
    const made = makeExchange(index, mint(time), time);
    yield* exchange.add(made.first);
    if (made.second.length > 0) later.push({ due: index + HALF_LATER, events: made.second });
    if (later[0] !== undefined && later[0].due <= index)
      for (const event of later.shift()?.events ?? []) yield* exchange.add(event);
    yield* body.add(made.body);
  }
  for (const half of later) for (const event of half.events) yield* exchange.add(event);
  yield* exchange.end();
  yield* body.end();
}

interface Batcher {
  add(event: TrafficEvent): Iterable<MadeBatch>;
  end(): Iterable<MadeBatch>;
}

function createBatcher(kind: EventKind, bootId: Buffer): Batcher {
  const agentId = 'bench-agent';
  const name = kind === EventKind.EVENT_KIND_EXCHANGE ? 'exchange' : 'body';
  const subject = agentSubject(name, { ...IDENTITY, agentId });
  let events: TrafficEvent[] = [];
  let firstSequence = 1;
  let batches = 0;
  const seal = (): MadeBatch[] => {
    if (events.length === 0) return [];
    const batch = { schemaVersion: 1, agentId, bootId, kind, firstSequence, events, identity: IDENTITY };
    const bootHex = bootId.toString('hex');
    const key = { agentId, bootId: bootHex, kind, firstSequence, count: events.length };
    const made = {
      key,
      messageId: formatBatchKey(key),
      subject,
      payload: TrafficBatch.encode(batch).finish(),
    };
    firstSequence += events.length;
    events = [];
    return ++batches % EVERY_REPEATED === 0
      ? [made, { ...made, messageId: `${made.messageId}/again` }]
      : [made];
  };
  return {
    add: (event) => {
      events.push(event);
      return events.length === EVENTS_OF_BATCH ? seal() : [];
    },
    end: seal,
  };
}
