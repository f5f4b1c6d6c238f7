import { readBatch } from '../ingest/decode/batch.ts';
import { readEvent } from '../ingest/decode/event.ts';
import { readRequestId } from '../ingest/decode/request-id.ts';
import { WireError } from '../ingest/decode/wire.ts';
import { DAY_MS } from '../store/partition-names.ts';

/**
 * The day under which the key of a batch of one event stands, counted since 1970: that of the event's id, and 0 where
 * there is none, as when ingest plans a batch.
 */
export function ownKeyDay(subject: string, payload: Buffer): number {
  try {
    const batch = readBatch(subject, payload);
    const event = readEvent(batch, 0);
    const time = readRequestId(batch.bytes, event.idStart, event.idEnd);
    return time === undefined ? 0 : Math.floor(time / DAY_MS);
  } catch (error) {
    if (error instanceof WireError) return 0;
    throw error;
  }
}
