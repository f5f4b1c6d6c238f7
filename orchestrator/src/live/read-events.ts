import type { Batch } from '../ingest/decode/batch.ts';
import { createColumns, type Columns } from '../ingest/decode/columns.ts';
import { EVENT_FIELD, readEvent } from '../ingest/decode/event.ts';
import { EXCHANGE_COLUMNS } from '../ingest/decode/exchange-columns.ts';
import { readEnd, readExchange, readRequest, readResponse } from '../ingest/decode/exchange.ts';
import { readRequestId } from '../ingest/decode/request-id.ts';
import { WireError } from '../ingest/decode/wire.ts';

/** The clock that ids are held against, in Unix milliseconds, and how far from it they may be. */
export interface ClockWindow {
  readonly now: number;
  readonly acceptedPastMs: number;
  readonly acceptedFutureMs: number;
}

/** Takes what was decoded of an event; the columns are used again for the next one. */
export type TakeEvent = (columns: Columns, event: DecodedEvent) => void;

/** What is done with the events of a batch. */
export interface EventHandler {
  /** A whole exchange. */
  readonly whole: TakeEvent;
  /** A part of one. */
  readonly part: TakeEvent;
  /** An event that ingest would refuse, and why. */
  readonly refused: (reason: 'malformed' | 'clock' | 'undecodable') => void;
}

/** What an event says outside its columns. */
export interface DecodedEvent {
  /** Where the text of the id stands in the batch. */
  readonly idStart: number;
  readonly idEnd: number;
  /** The time in it, in Unix milliseconds. */
  readonly startedAt: number;
}

const COLUMNS = createColumns(EXCHANGE_COLUMNS.length);
const READERS: Readonly<Record<number, typeof readExchange | undefined>> = {
  [EVENT_FIELD.exchange]: readExchange,
  [EVENT_FIELD.request]: readRequest,
  [EVENT_FIELD.response]: readResponse,
  [EVENT_FIELD.end]: readEnd,
};

/** Decodes the events of a batch of exchanges one after the other, by the rules of ingest. */
export function readEvents(batch: Batch, window: ClockWindow, handler: EventHandler): void {
  for (let index = 0; index < batch.key.count; index++) {
    try {
      readOne(batch, index, window, handler);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      handler.refused('undecodable');
    }
  }
}

function readOne(batch: Batch, index: number, window: ClockWindow, handler: EventHandler): void {
  const { idStart, idEnd, field, message } = readEvent(batch, index);
  const startedAt = readRequestId(batch.bytes, idStart, idEnd);
  const read = READERS[field];
  if (startedAt === undefined || read === undefined) {
    handler.refused('malformed');
    return;
  }
  if (startedAt < window.now - window.acceptedPastMs || startedAt > window.now + window.acceptedFutureMs) {
    handler.refused('clock');
    return;
  }
  COLUMNS.clear();
  read(message, COLUMNS);
  const take = field === EVENT_FIELD.exchange ? handler.whole : handler.part;
  take(COLUMNS, { idStart, idEnd, startedAt });
}
