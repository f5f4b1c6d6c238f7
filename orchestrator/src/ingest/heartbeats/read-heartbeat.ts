import { AgentHeartbeat, EventKind, type Timestamp } from '@culvert/proto';
import type { SubjectOwner } from '@culvert/traffic/subject';
import { NO_BOOT, type DeadLetter, type DeadLetterReason, WHOLE_BATCH } from '../dead-letter.ts';
import { clean, type Delivery } from '../decode/delivery.ts';
import { readSubject } from '../decode/owner.ts';

/** A heartbeat that may be stored. */
export interface ReadHeartbeat {
  readonly delivery: Delivery;
  readonly message: AgentHeartbeat;
  readonly owner: SubjectOwner;
  /** 32 hex digits. */
  readonly bootId: string;
  /** When it was sent, by the agent's clock, in Unix milliseconds. */
  readonly at: number;
}

/** The window that the agent's clock is held against, in milliseconds. */
export interface HeartbeatContext {
  readonly now: number;
  readonly acceptedPastMs: number;
  readonly acceptedFutureMs: number;
}

const BOOT_ID_BYTES = 16;
/** Far above what agents send: one set for each kind, and what a state directory keeps. */
const MOST_BOOKS = 16;
const MOST_CLOSED_BOOTS = 1_000;

/** Reads a heartbeat and holds it against its subject and the clock. Never throws for what a message holds. */
export function readHeartbeat(
  delivery: Delivery,
  context: HeartbeatContext,
):
  | { readonly heartbeat: ReadHeartbeat; readonly letter?: never }
  | { readonly letter: DeadLetter; readonly heartbeat?: never } {
  const meaning = readSubject(delivery.subject);
  if (meaning === undefined)
    return { letter: heartbeatLetter(delivery, 'malformed', 'the subject names no agent') };
  let message: AgentHeartbeat;
  try {
    message = AgentHeartbeat.decode(delivery.data);
  } catch (error) {
    return { letter: heartbeatLetter(delivery, 'undecodable', String(error)) };
  }
  const { owner } = meaning;
  if (isForeign(message, owner))
    return { letter: heartbeatLetter(delivery, 'foreign_agent', `agent ${clean(message.agentId)}`) };
  const fault = shapeFault(message);
  if (fault !== undefined) return { letter: heartbeatLetter(delivery, 'malformed', fault) };
  const heartbeat = {
    delivery,
    message,
    owner,
    bootId: message.bootId.toString('hex'),
    at: unixMs(message.at),
  };
  for (const at of [heartbeat.at, ...(message.system?.at === undefined ? [] : [unixMs(message.system.at)])]) {
    if (at < context.now - context.acceptedPastMs || at > context.now + context.acceptedFutureMs) {
      const ahead = Math.round((at - context.now) / 1000);
      return { letter: heartbeatLetter(delivery, 'clock', `${ahead} s ahead of this clock`) };
    }
  }
  return { heartbeat };
}

/** Sets a heartbeat aside under its place in the stream, since it has no key of its own. */
export function heartbeatLetter(delivery: Delivery, reason: DeadLetterReason, detail: string): DeadLetter {
  return {
    key: {
      agentId: readSubject(delivery.subject)?.owner.agentId ?? delivery.subject,
      bootId: NO_BOOT,
      kind: EventKind.EVENT_KIND_UNSPECIFIED,
      firstSequence: delivery.streamSequence,
      count: 1,
    },
    eventIndex: WHOLE_BATCH,
    reason,
    detail,
    measure: 0,
    subject: delivery.subject,
    payload: delivery.data,
  };
}

/** Unix milliseconds of a timestamp; 0 for none, which no clock window takes. */
export function unixMs(timestamp: Timestamp | undefined): number {
  return timestamp === undefined ? 0 : timestamp.seconds * 1_000 + Math.floor(timestamp.nanos / 1_000_000);
}

function isForeign(message: AgentHeartbeat, owner: SubjectOwner): boolean {
  return (
    message.agentId !== owner.agentId ||
    (message.identity !== undefined &&
      (message.identity.cluster !== owner.cluster || message.identity.namespace !== owner.namespace))
  );
}

function shapeFault(message: AgentHeartbeat): string | undefined {
  if (message.bootId.length !== BOOT_ID_BYTES) return `boot_id has ${message.bootId.length} bytes`;
  if (message.books.length > MOST_BOOKS) return `${message.books.length} books`;
  if (message.closedBoots.length > MOST_CLOSED_BOOTS) return `${message.closedBoots.length} closed boots`;
  if (message.closedBoots.some((boot) => boot.bootId.length !== BOOT_ID_BYTES))
    return 'a closed boot has no boot_id';
  return undefined;
}
