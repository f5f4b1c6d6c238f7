import { EventKind } from '@culvert/proto';
import type { Batch } from './batch.ts';
import { LENGTH_DELIMITED, WireError, WireReader } from './wire.ts';

/** The numbers of TrafficEvent's `oneof event`. */
export const EVENT_FIELD = {
  request: 2,
  response: 3,
  websocket: 4,
  body: 5,
  end: 6,
  sse: 7,
  exchange: 8,
} as const;

const REQUEST_ID_FIELD = 1;
const RESPONSE_END_TAG = 0x42;

/** An event whose envelope has been read. */
export interface EventEnvelope {
  /** Where the text of the id stands in the batch. */
  readonly idStart: number;
  readonly idEnd: number;
  /** The number of the field that was set, known or not; 0 when none was. */
  readonly field: number;
  /** A reader for that field's message. */
  readonly message: WireReader;
}

/**
 * Reads the envelope of an event.
 *
 * @throws WireError
 */
export function readEvent(batch: Batch, index: number): EventEnvelope {
  const reader = new WireReader(
    batch.bytes,
    batch.eventStarts[index] as number,
    batch.eventEnds[index] as number,
  );
  let idStart = 0;
  let idEnd = 0;
  let field = 0;
  let start = reader.end;
  let end = reader.end;
  while (reader.more()) {
    const tag = reader.number();
    const number = tag >>> 3;
    if (number === 0) throw new WireError('an event has a field of number 0');
    if ((tag & 7) !== LENGTH_DELIMITED) {
      reader.skip(tag);
      continue;
    }
    const fieldEnd = reader.length();
    if (number === REQUEST_ID_FIELD) {
      idStart = reader.position;
      idEnd = fieldEnd;
    } else {
      field = number;
      start = reader.position;
      end = fieldEnd;
    }
    reader.position = fieldEnd;
  }
  reader.position = start;
  reader.end = end;
  return { idStart, idEnd, field, message: reader };
}

/**
 * What an event counts in the books of its kind: exchanges are counted where they end, bodies and frames by event.
 * Of an event that can't be read, the worst is assumed as far as it can be told.
 */
export function measureEvent(batch: Batch, index: number): number {
  if (batch.key.kind !== EventKind.EVENT_KIND_EXCHANGE) return 1;
  try {
    const { field, message } = readEvent(batch, index);
    if (field === EVENT_FIELD.exchange || field === EVENT_FIELD.end) return 1;
    return field === EVENT_FIELD.response && hasEnd(message) ? 1 : 0;
  } catch (error) {
    if (error instanceof WireError) return 1;
    throw error;
  }
}

function hasEnd(response: WireReader): boolean {
  while (response.more()) {
    const tag = response.number();
    if (tag === RESPONSE_END_TAG) return true;
    response.skip(tag);
  }
  return false;
}
