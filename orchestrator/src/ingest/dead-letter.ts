import { TrafficBatch } from '@culvert/proto';
import type { BatchKey } from '@culvert/traffic/batch-key';
import type { Batch } from './decode/batch.ts';
import { measureEvent } from './decode/event.ts';
import type { RequeuedLetter } from './decode/requeued.ts';

/**
 * Why something could not be stored:
 * - `undecodable`: the bytes are no batch, or no event;
 * - `malformed`: readable, but nothing that can be stored, such as an id that is no UUIDv7;
 * - `clock`: the time in the id is outside the accepted window;
 * - `foreign_agent`: an agent speaks for another one, about another one's exchange, or by an id of another namespace;
 * - `rejected`: Postgres refuses the values;
 * - `expired`: the time in the id is acceptable, but exchanges of that hour are no longer kept.
 */
export const DEAD_LETTER_REASONS = [
  'undecodable',
  'malformed',
  'clock',
  'foreign_agent',
  'rejected',
  'expired',
] as const;
export type DeadLetterReason = (typeof DEAD_LETTER_REASONS)[number];

/** A row of `dead_letters`. */
export interface DeadLetter {
  readonly key: BatchKey;
  /** The event's place in its batch; {@link WHOLE_BATCH} for all of it. */
  readonly eventIndex: number;
  readonly reason: DeadLetterReason;
  readonly detail: string;
  /** What it counts in the books of its kind. */
  readonly measure: number;
  readonly subject: string;
  /** An encoded TrafficBatch: the message as it came, or one that holds the one event alone. */
  readonly payload: Uint8Array;
  /** The letter that the whole message comes back from. */
  readonly requeued?: RequeuedLetter | undefined;
  /** Where the message stood in its stream, if the letter is about a message. */
  readonly streamSequence?: number | undefined;
}

export const WHOLE_BATCH = -1;
/** The boot of messages that name none. */
export const NO_BOOT = '0'.repeat(32);

/**
 * A letter about a message that uses the id of another namespace's agent. It stands under its place in the stream and
 * counts nothing, so that it takes no key and no number of that agent.
 */
export function foreignLetter(letter: DeadLetter): DeadLetter {
  const { agentId, kind } = letter.key;
  const key = { agentId, kind, bootId: NO_BOOT, firstSequence: letter.streamSequence ?? 0, count: 0 };
  return { ...letter, key, measure: 0 };
}

/** Sets one event of a batch aside. */
export function eventLetter(
  batch: Batch,
  eventIndex: number,
  reason: DeadLetterReason,
  detail: string,
): DeadLetter {
  return {
    key: batch.key,
    eventIndex,
    reason,
    detail,
    measure: measureEvent(batch, eventIndex),
    subject: batch.subject,
    payload: oneEventBatch(batch, eventIndex),
  };
}

const EVENTS_TAG = 0x32;

/** The event as it came, unknown fields included, in a batch of its own that could be published again. */
function oneEventBatch(batch: Batch, eventIndex: number): Uint8Array {
  const head = TrafficBatch.encode({
    schemaVersion: batch.schemaVersion,
    agentId: batch.key.agentId,
    bootId: Buffer.from(batch.key.bootId, 'hex'),
    kind: batch.key.kind as TrafficBatch['kind'],
    firstSequence: batch.key.firstSequence + eventIndex,
    events: [],
    identity: batch.identity,
  });
  const event = batch.bytes.subarray(batch.eventStarts[eventIndex], batch.eventEnds[eventIndex]);
  // Fields of one message may be written one after the other in any order.
  return Buffer.concat([head.uint32(EVENTS_TAG).bytes(event).finish()]);
}
