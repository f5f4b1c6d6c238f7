import { EventKind } from '@culvert/proto';
import type { CopyBuffer } from '../store/copy-buffer.ts';
import { DAY_MS, hourOf } from '../store/partition-names.ts';
import { eventLetter, type DeadLetter } from './dead-letter.ts';
import type { Batch } from './decode/batch.ts';
import { readBody } from './decode/body.ts';
import { EVENT_FIELD, readEvent, type EventEnvelope } from './decode/event.ts';
import { createColumns } from './decode/columns.ts';
import { EXCHANGE_COLUMNS, SLOT } from './decode/exchange-columns.ts';
import { readEnd, readExchange, readRequest, readResponse } from './decode/exchange.ts';
import { readServerSentEvent, readWebSocketFrame } from './decode/frame.ts';
import { readRequestId, REQUEST_ID_BYTES } from './decode/request-id.ts';
import type { RequeuedLetter } from './decode/requeued.ts';
import { WireError } from './decode/wire.ts';
import { encodeBatchColumns } from './rows/batch-columns.ts';
import { writeBodyRow } from './rows/body-row.ts';
import { writeExchangeRow } from './rows/exchange-row.ts';
import { writeFrameRow } from './rows/frame-row.ts';

/** The clock that ids are held against. Times are in milliseconds, since 1970 where they are points in time. */
export interface PlanContext {
  readonly now: number;
  /** When the batch was first published, as far as is known. */
  readonly publishedAt: number | undefined;
  readonly acceptedPastMs: number;
  readonly acceptedFutureMs: number;
  /** From when on exchanges are kept. */
  readonly keptSince: number;
}

/** Where rows are written to. */
export interface PlanBuffers {
  /** Rows of events that are whole, to be loaded as they are. */
  readonly rows: CopyBuffer;
  /** Rows of events that tell a part of an exchange. */
  readonly parts: CopyBuffer;
}

/** An event that tells a part of an exchange and goes to its row by an upsert. */
export interface ExchangePart {
  readonly eventIndex: number;
  readonly requestId: string;
  /** Where its row stands in the buffer of parts. */
  readonly start: number;
  readonly end: number;
  readonly measure: number;
}

/** Where a batch's events go. */
export interface BatchPlan {
  readonly batch: Batch;
  /** Days since 1970: the partition of the batch's key. */
  readonly day: number;
  /** Offsets into the copy buffer: where the batch's rows begin and where each ends. */
  readonly rowsStart: number;
  readonly rowEnds: readonly number[];
  /** The event that each row came from. */
  readonly rowEvents: readonly number[];
  readonly parts: readonly ExchangePart[];
  readonly letters: readonly DeadLetter[];
  /** What the rows and parts count in the books. */
  readonly measure: number;
  /** The beginnings of the hours that need a partition, in Unix milliseconds. */
  readonly hours: ReadonlySet<number>;
  /** When the batch was published, in Unix milliseconds; when it was received, if the agent gave no likely time. */
  readonly publishedAt: number;
  /** The dead letter that the batch comes back from. */
  readonly requeued?: RequeuedLetter | undefined;
  /** Where the batch stood in its stream. */
  readonly streamSequence?: number | undefined;
}

interface Draft {
  readonly batch: Batch;
  readonly batchColumns: Buffer;
  readonly agentId: Buffer;
  readonly buffers: PlanBuffers;
  readonly rowEnds: number[];
  readonly rowEvents: number[];
  readonly parts: ExchangePart[];
  measure: number;
}

/** Used for one event after the other. */
const COLUMNS = createColumns(EXCHANGE_COLUMNS.length);

/**
 * Decides what becomes of each event of a batch. Touches nothing but the buffers that it writes rows to.
 */
export function planBatch(batch: Batch, buffers: PlanBuffers, context: PlanContext): BatchPlan {
  const draft: Draft = {
    batch,
    batchColumns: encodeBatchColumns(batch, context.now),
    agentId: Buffer.from(batch.key.agentId),
    buffers,
    rowEnds: [],
    rowEvents: [],
    parts: [],
    measure: 0,
  };
  const rowsStart = buffers.rows.position();
  const letters: DeadLetter[] = [];
  const hours = new Set<number>();
  let day: number | undefined;
  for (let index = 0; index < batch.key.count; index++) {
    const rowsBefore = buffers.rows.position();
    const partsBefore = buffers.parts.position();
    try {
      const event = readEvent(batch, index);
      const time = readRequestId(batch.bytes, event.idStart, event.idEnd);
      if (time === undefined) {
        letters.push(eventLetter(batch, index, 'malformed', 'request_id is no UUIDv7'));
        continue;
      }
      day ??= Math.floor(time / DAY_MS);
      const wrongClock = clockFault(time, context);
      if (wrongClock !== undefined) {
        letters.push(eventLetter(batch, index, 'clock', wrongClock));
        continue;
      }
      if (time < context.keptSince) {
        letters.push(eventLetter(batch, index, 'expired', 'exchanges of that hour are no longer kept'));
        continue;
      }
      const fault = planEvent(draft, index, time, event);
      if (fault === undefined) hours.add(hourOf(time));
      else letters.push(eventLetter(batch, index, 'malformed', fault));
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      buffers.rows.truncate(rowsBefore);
      buffers.parts.truncate(partsBefore);
      letters.push(eventLetter(batch, index, 'undecodable', error.message));
    }
  }
  const { rowEnds, rowEvents, parts, measure } = draft;
  const { now, publishedAt = now } = context;
  return {
    batch,
    day: day ?? 0,
    rowsStart,
    rowEnds,
    rowEvents,
    parts,
    letters,
    measure,
    hours,
    publishedAt: clockFault(publishedAt, context) === undefined ? publishedAt : now,
  };
}

function clockFault(unixMs: number, context: PlanContext): string | undefined {
  const behind = context.now - unixMs;
  if (behind > context.acceptedPastMs) return `${Math.round(behind / 1000)} s old`;
  if (-behind > context.acceptedFutureMs) return `${Math.round(-behind / 1000)} s ahead`;
  return undefined;
}

/** Writes the row of an event whose id has just been read; a text says why it can't have one. */
function planEvent(draft: Draft, index: number, time: number, event: EventEnvelope): string | undefined {
  const { rows } = draft.buffers;
  switch (draft.batch.key.kind) {
    case EventKind.EVENT_KIND_EXCHANGE:
      return planExchangeEvent(draft, index, event);
    case EventKind.EVENT_KIND_BODY:
      if (event.field !== EVENT_FIELD.body) return misplaced(event);
      writeBodyRow(rows, REQUEST_ID_BYTES, draft.agentId, draft.batch.bytes, readBody(event.message));
      break;
    default: {
      if (event.field !== EVENT_FIELD.websocket && event.field !== EVENT_FIELD.sse) return misplaced(event);
      const read = event.field === EVENT_FIELD.websocket ? readWebSocketFrame : readServerSentEvent;
      writeFrameRow(rows, REQUEST_ID_BYTES, time, draft.agentId, read(event.message));
    }
  }
  endRow(draft, index);
  return undefined;
}

const PART_READERS = {
  [EVENT_FIELD.request]: readRequest,
  [EVENT_FIELD.response]: readResponse,
  [EVENT_FIELD.end]: readEnd,
};

function planExchangeEvent(draft: Draft, index: number, event: EventEnvelope): string | undefined {
  const { batch, batchColumns, buffers } = draft;
  COLUMNS.clear();
  if (event.field === EVENT_FIELD.exchange) {
    readExchange(event.message, COLUMNS);
    writeExchangeRow(buffers.rows, REQUEST_ID_BYTES, batchColumns, COLUMNS);
    endRow(draft, index);
    return undefined;
  }
  const read = PART_READERS[event.field as keyof typeof PART_READERS];
  if ((read as typeof read | undefined) === undefined) return misplaced(event);
  read(event.message, COLUMNS);
  const start = buffers.parts.position();
  writeExchangeRow(buffers.parts, REQUEST_ID_BYTES, batchColumns, COLUMNS);
  const measure = Number.isNaN(COLUMNS.number(SLOT.outcome)) ? 0 : 1;
  draft.parts.push({
    eventIndex: index,
    requestId: batch.bytes.toString('latin1', event.idStart, event.idEnd),
    start,
    end: buffers.parts.position(),
    measure,
  });
  draft.measure += measure;
  return undefined;
}

function endRow(draft: Draft, index: number): void {
  draft.rowEnds.push(draft.buffers.rows.position());
  draft.rowEvents.push(index);
  draft.measure += 1;
}

function misplaced(event: EventEnvelope): string {
  return event.field === 0
    ? 'the event is empty'
    : `field ${event.field} of TrafficEvent is unknown or has no place in a batch of this kind`;
}
