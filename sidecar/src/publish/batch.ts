import { EventKind, TrafficBatch } from '@culvert/proto';
import { BATCH_HEADERS, type BatchKey } from '@culvert/traffic/batch-key';
import { agentSubject, type SubjectKind } from '@culvert/traffic/subject';
import { headers, type MsgHdrs } from '@nats-io/transport-node';
import { writeNumberField } from '../encode/wire.ts';
import type { Segment } from '../spool/segment.ts';
import type { Agent } from './identity.ts';

/** The version of the messages that this agent writes. */
export const SCHEMA_VERSION = 1;

/** TrafficBatch.first_sequence in culvert/v1/traffic.proto. */
const FIRST_SEQUENCE = 0x28;
const SEQUENCE_BOUND = 9;
/** Names and values of all batch headers but the agent's id. */
const HEADERS_WITHOUT_AGENT = 512;

/** A segment that was given its sequence numbers: from here on it never changes. */
export interface Batch {
  readonly segment: Segment;
  readonly key: BatchKey;
  readonly subject: string;
  readonly payload: Uint8Array;
  readonly headers: MsgHdrs;
  /** How often it was handed to the connection. */
  attempts: number;
  /** How often under the message id that it has now. */
  attemptsById: number;
}

const ID_BYTES = 16;

/**
 * Gives a batch a message id that nobody can guess: whoever sent a message under it first would have the stream take the batch
 * for a duplicate. Ingest knows a batch by its other headers.
 */
export function renewMessageId(batch: Pick<Batch, 'headers' | 'attemptsById'>): void {
  batch.headers.set(BATCH_HEADERS.messageId, randomHex(ID_BYTES));
  batch.attemptsById = 0;
}

/** Makes batches out of segments, numbering their events from 1 for each kind. */
export interface BatchMaker {
  /** How much room a segment must leave before its events, in bytes. */
  readonly headroom: number;
  /** The most that the headers of a batch can take, in bytes. */
  readonly headerBytes: number;
  make(segment: Segment, unixMs: number): Batch;
}

const SUBJECT_KINDS = new Map<EventKind, SubjectKind>([
  [EventKind.EVENT_KIND_EXCHANGE, 'exchange'],
  [EventKind.EVENT_KIND_BODY, 'body'],
  [EventKind.EVENT_KIND_FRAME, 'frame'],
]);

export function createBatchMaker(agent: Agent): BatchMaker {
  const owner = { ...agent.identity, agentId: agent.agentId };
  const kinds = new Map(
    [...SUBJECT_KINDS].map(([kind, name]) => [
      kind,
      { prefix: encodePrefix(agent, kind), subject: agentSubject(name, owner), nextSequence: 1 },
    ]),
  );
  const headroom = Math.max(...[...kinds.values()].map((kind) => kind.prefix.length)) + SEQUENCE_BOUND + 1;
  return {
    headroom,
    headerBytes: HEADERS_WITHOUT_AGENT + Buffer.byteLength(agent.agentId),
    make(segment, unixMs) {
      const kind = kinds.get(segment.kind);
      if (kind === undefined) throw new Error(`no subject for events of kind ${segment.kind}`);
      const key: BatchKey = {
        agentId: agent.agentId,
        bootId: agent.bootHex,
        kind: segment.kind,
        firstSequence: kind.nextSequence,
        count: segment.events,
      };
      const number = new Uint8Array(SEQUENCE_BOUND + 1);
      const numberLength = writeNumberField(number, 0, FIRST_SEQUENCE, key.firstSequence);
      const start = segment.start - kind.prefix.length - numberLength;
      if (start < 0) throw new RangeError('a segment leaves too little room before its events');
      segment.buffer.set(kind.prefix, start);
      segment.buffer.set(number.subarray(0, numberLength), start + kind.prefix.length);
      const batch = {
        segment,
        key,
        subject: kind.subject,
        payload: segment.buffer.subarray(start, segment.end),
        headers: batchHeaders(key, unixMs),
        attempts: 0,
        attemptsById: 0,
      };
      renewMessageId(batch);
      // Last, so that a fault leaves no gap in the numbers: a gap means a loss on the way.
      kind.nextSequence += segment.events;
      return batch;
    },
  };
}

/** All fields of a batch but its sequence number and events, which may stand in any order on the wire. */
function encodePrefix(agent: Agent, kind: EventKind): Uint8Array {
  return TrafficBatch.encode({
    schemaVersion: SCHEMA_VERSION,
    agentId: agent.agentId,
    bootId: Buffer.from(agent.bootId),
    kind,
    firstSequence: 0,
    events: [],
    identity: agent.identity,
  }).finish();
}

function batchHeaders(key: BatchKey, unixMs: number): MsgHdrs {
  const result = headers();
  result.set(BATCH_HEADERS.agent, key.agentId);
  result.set(BATCH_HEADERS.boot, key.bootId);
  result.set(BATCH_HEADERS.kind, String(key.kind));
  result.set(BATCH_HEADERS.firstSequence, String(key.firstSequence));
  result.set(BATCH_HEADERS.count, String(key.count));
  result.set(BATCH_HEADERS.publishedAt, unixMs.toFixed(3));
  result.set(BATCH_HEADERS.traceparent, newTraceparent());
  return result;
}

const random = Buffer.alloc(2_560);
let randomUsed = random.length;

/** W3C Trace Context, version 00, sampled: the root of the trace that ingest continues. */
function newTraceparent(): string {
  return `00-${randomHex(16)}-${randomHex(8)}-01`;
}

function randomHex(bytes: number): string {
  if (randomUsed + bytes > random.length) {
    crypto.getRandomValues(random);
    randomUsed = 0;
  }
  const hex = random.toString('hex', randomUsed, randomUsed + bytes);
  randomUsed += bytes;
  return hex;
}
