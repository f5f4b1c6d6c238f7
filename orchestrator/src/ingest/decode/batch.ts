import { AgentIdentity, EventKind } from '@culvert/proto';
import type { BatchKey } from '@culvert/traffic/batch-key';
import { WireError, WireReader } from './wire.ts';

/** A batch whose envelope has been read; its events are still bytes. */
export interface Batch {
  readonly key: BatchKey;
  readonly schemaVersion: number;
  readonly identity: AgentIdentity;
  readonly subject: string;
  readonly bytes: Buffer;
  /** Where each event begins and ends in {@link bytes}. */
  readonly eventStarts: readonly number[];
  readonly eventEnds: readonly number[];
}

/** Far above what agents put into a batch. */
const MOST_EVENTS = 10_000;
const BOOT_ID_BYTES = 16;

/**
 * Reads the envelope of a TrafficBatch.
 *
 * @throws WireError when the bytes are none, or a field that makes up its key is not what it must be
 */
export function readBatch(subject: string, bytes: Buffer): Batch {
  const reader = new WireReader(bytes, 0, bytes.length);
  let schemaVersion = 0;
  let agentId = '';
  let bootId = Buffer.alloc(0);
  let kind = 0;
  let firstSequence = 0;
  let identity: AgentIdentity | undefined;
  const eventStarts: number[] = [];
  const eventEnds: number[] = [];
  while (reader.more()) {
    const tag = reader.number();
    switch (tag) {
      case 0x08:
        schemaVersion = reader.number();
        break;
      case 0x12:
        agentId = reader.view().toString();
        break;
      case 0x1a:
        bootId = Buffer.from(reader.view());
        break;
      case 0x20:
        kind = reader.number();
        break;
      case 0x28:
        firstSequence = reader.number();
        break;
      case 0x32: {
        const end = reader.length();
        eventStarts.push(reader.position);
        eventEnds.push(end);
        reader.position = end;
        break;
      }
      case 0x3a:
        identity = AgentIdentity.decode(reader.view());
        break;
      default:
        reader.skip(tag);
    }
  }
  if (bootId.length !== BOOT_ID_BYTES) throw new WireError(`boot_id has ${bootId.length} bytes`);
  if (eventStarts.length > MOST_EVENTS) throw new WireError(`the batch has ${eventStarts.length} events`);
  if (kind < EventKind.EVENT_KIND_EXCHANGE || kind > EventKind.EVENT_KIND_FRAME)
    throw new WireError(`kind is ${kind}`);
  return {
    key: { agentId, bootId: bootId.toString('hex'), kind, firstSequence, count: eventStarts.length },
    schemaVersion,
    identity: identity ?? AgentIdentity.create(),
    subject,
    bytes,
    eventStarts,
    eventEnds,
  };
}
