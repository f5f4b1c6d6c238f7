import { EventKind } from '@culvert/proto';
import { BATCH_HEADERS, type BatchKey } from '@culvert/traffic/batch-key';
import { NO_BOOT, type DeadLetter, type DeadLetterReason, WHOLE_BATCH } from '../dead-letter.ts';
import { readBatch, type Batch } from './batch.ts';
import { measureEvent } from './event.ts';
import { readSubject, type SubjectMeaning } from './owner.ts';
import { reasonOf } from '../../reason.ts';

/** A message as JetStream delivered it. */
export interface Delivery {
  readonly subject: string;
  readonly data: Buffer;
  readonly streamSequence: number;
  /** A header's value; empty when there is none. */
  readonly header: (name: string) => string;
}

/** A readable batch, or what goes to dead letters instead. */
export type ReadDelivery =
  | { readonly batch: Batch; readonly letter?: never }
  | { readonly letter: DeadLetter; readonly batch?: never };

const NUL = '\0';
/** Identities and keys stand in indexes and in every row; names in Kubernetes have at most 253 characters. */
export const LONGEST_NAME = 1_024;

/**
 * Reads the envelope of a delivered batch and holds it against its subject. Never throws for what a message holds.
 */
export function readDelivery(delivery: Delivery): ReadDelivery {
  const meaning = readSubject(delivery.subject);
  if (meaning === undefined || !isName(meaning.owner.agentId))
    return { letter: messageLetter(delivery, meaning, 'malformed', 'the subject names no agent') };
  let batch: Batch;
  try {
    batch = readBatch(delivery.subject, delivery.data);
  } catch (error) {
    return { letter: undecodable(delivery, error) };
  }
  const foreign = foreignFault(batch, meaning);
  if (foreign !== undefined) return { letter: batchLetter(batch, meaning, 'foreign_agent', foreign) };
  if (batch.key.kind !== meaning.kind)
    return { letter: batchLetter(batch, meaning, 'malformed', `kind ${batch.key.kind} on this subject`) };
  const { cluster, namespace } = meaning.owner;
  const identity = { ...batch.identity, cluster, namespace };
  const wrong = Object.entries(identity).find(([, value]) => typeof value === 'string' && !isName(value, 0));
  if (wrong !== undefined)
    return { letter: batchLetter(batch, meaning, 'malformed', `identity.${wrong[0]} is no name`) };
  return { batch: { ...batch, identity } };
}

/** When the batch was first published, in Unix milliseconds, if the agent said so. */
export function publishedAt(delivery: Delivery): number | undefined {
  const value = Number(delivery.header(BATCH_HEADERS.publishedAt) || Number.NaN);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

/** Sets a message aside that can't be read. */
export function undecodable(delivery: Delivery, error: unknown): DeadLetter {
  const detail = reasonOf(error);
  return messageLetter(delivery, readSubject(delivery.subject), 'undecodable', detail);
}

function messageLetter(
  delivery: Delivery,
  meaning: SubjectMeaning | undefined,
  reason: DeadLetterReason,
  detail: string,
): DeadLetter {
  const claimed = headerKey(delivery, meaning);
  return {
    key: claimed ?? {
      agentId: clean(meaning?.owner.agentId ?? delivery.subject),
      bootId: NO_BOOT,
      kind: meaning?.kind ?? EventKind.EVENT_KIND_UNSPECIFIED,
      firstSequence: delivery.streamSequence,
      count: 0,
    },
    eventIndex: WHOLE_BATCH,
    reason,
    detail,
    // Without a key it can't be told what the agent has counted as published.
    measure: claimed?.count ?? 0,
    subject: delivery.subject,
    payload: delivery.data,
  };
}

/** Sets a readable batch aside as a whole, in the name of the agent that was allowed to publish it. */
function batchLetter(
  batch: Batch,
  meaning: SubjectMeaning,
  reason: DeadLetterReason,
  detail: string,
): DeadLetter {
  let measure = 0;
  for (let index = 0; index < batch.key.count; index++) measure += measureEvent(batch, index);
  return {
    key: { ...batch.key, agentId: meaning.owner.agentId, kind: meaning.kind },
    eventIndex: WHOLE_BATCH,
    reason,
    detail,
    measure,
    subject: batch.subject,
    payload: batch.bytes,
  };
}

/** The key in the headers, if it is whole and speaks of the subject's agent. */
function headerKey(delivery: Delivery, meaning: SubjectMeaning | undefined): BatchKey | undefined {
  const agentId = delivery.header(BATCH_HEADERS.agent);
  const bootId = delivery.header(BATCH_HEADERS.boot);
  const firstSequence = headerNumber(delivery, BATCH_HEADERS.firstSequence, Number.MAX_SAFE_INTEGER);
  const count = headerNumber(delivery, BATCH_HEADERS.count, 10_000);
  if (meaning === undefined || agentId !== meaning.owner.agentId || !isName(agentId)) return undefined;
  if (!/^[0-9a-f]{32}$/.test(bootId)) return undefined;
  if (firstSequence === undefined || count === undefined) return undefined;
  return { agentId, bootId, kind: meaning.kind, firstSequence, count };
}

function headerNumber(delivery: Delivery, name: string, max: number): number | undefined {
  const text = delivery.header(name);
  const value = Number(text);
  return /^\d{1,16}$/.test(text) && value <= max ? value : undefined;
}

function foreignFault(batch: Batch, { owner }: SubjectMeaning): string | undefined {
  if (batch.key.agentId !== owner.agentId)
    return `agent ${clean(batch.key.agentId)} on the subject of ${owner.agentId}`;
  const { cluster, namespace } = batch.identity;
  if ((cluster !== '' && cluster !== owner.cluster) || (namespace !== '' && namespace !== owner.namespace))
    return `identity ${clean(cluster)}/${clean(namespace)} on the subject of ${clean(owner.cluster)}/${clean(owner.namespace)}`;
  return undefined;
}

function isName(text: string, shortest = 1): boolean {
  return text.length >= shortest && text.length <= LONGEST_NAME && !text.includes(NUL);
}

/** Text that Postgres takes. */
export function clean(text: string): string {
  return text.slice(0, LONGEST_NAME).replaceAll(NUL, '\ufffd');
}
