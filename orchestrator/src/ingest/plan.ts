import { EventKind } from '@culvert/proto';
import type { CopyBuffer } from '../store/copy-buffer.ts';
import { eventLetter, type DeadLetter } from './dead-letter.ts';
import type { Batch } from './decode/batch.ts';
import { readBody } from './decode/body.ts';
import { EVENT_FIELD, readEvent, type EventEnvelope } from './decode/event.ts';
import { noColumns, type ExchangeColumns } from './decode/exchange-columns.ts';
import { readEnd, readExchange, readRequest, readResponse } from './decode/exchange.ts';
import { readServerSentEvent, readWebSocketFrame } from './decode/frame.ts';
import { readRequestId, type ReadRequestId } from './decode/request-id.ts';
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
}

/** An event that tells a part of an exchange and goes to its row by an upsert. */
export interface ExchangePart {
  readonly eventIndex: number;
  readonly requestId: Buffer;
  readonly columns: ExchangeColumns;
  readonly measure: number;
}

/** Where a batch's events go. */
export interface BatchPlan {
  readonly batch: Batch;
  /** The columns that all rows of the batch share. */
  readonly batchColumns: Buffer;
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
}

interface Draft {
  readonly batch: Batch;
  readonly batchColumns: Buffer;
  readonly agentId: Buffer;
  readonly rows: CopyBuffer;
  readonly rowEnds: number[];
  readonly rowEvents: number[];
  readonly parts: ExchangePart[];
  measure: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/**
 * Decides what becomes of each event of a batch. Touches nothing but the buffer that it writes rows to.
 *
 * @param rows takes the rows of events that are whole
 */
export function planBatch(batch: Batch, rows: CopyBuffer, context: PlanContext): BatchPlan {
  const draft: Draft = {
    batch,
    batchColumns: encodeBatchColumns(batch, context.now),
    agentId: Buffer.from(batch.key.agentId),
    rows,
    rowEnds: [],
    rowEvents: [],
    parts: [],
    measure: 0,
  };
  const rowsStart = rows.position();
  const letters: DeadLetter[] = [];
  const hours = new Set<number>();
  let day: number | undefined;
  for (let index = 0; index < batch.key.count; index++) {
    const undo = rows.position();
    try {
      const event = readEvent(batch, index);
      const id = readRequestId(event.requestId);
      if (id === undefined) {
        letters.push(eventLetter(batch, index, 'malformed', 'request_id is no UUIDv7'));
        continue;
      }
      day ??= Math.floor(id.unixMs / DAY_MS);
      const wrongClock = clockFault(id.unixMs, context);
      if (wrongClock !== undefined) {
        letters.push(eventLetter(batch, index, 'clock', wrongClock));
        continue;
      }
      const fault = planEvent(draft, index, id, event);
      if (fault === undefined) hours.add(Math.floor(id.unixMs / HOUR_MS) * HOUR_MS);
      else letters.push(eventLetter(batch, index, 'malformed', fault));
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      rows.truncate(undo);
      letters.push(eventLetter(batch, index, 'undecodable', error.message));
    }
  }
  const { batchColumns, rowEnds, rowEvents, parts, measure } = draft;
  const { publishedAt } = context;
  return {
    batch,
    batchColumns,
    day: day ?? 0,
    rowsStart,
    rowEnds,
    rowEvents,
    parts,
    letters,
    measure,
    hours,
    publishedAt:
      publishedAt === undefined || clockFault(publishedAt, context) !== undefined ? context.now : publishedAt,
  };
}

function clockFault(unixMs: number, context: PlanContext): string | undefined {
  const behind = context.now - unixMs;
  if (behind > context.acceptedPastMs) return `${Math.round(behind / 1000)} s old`;
  if (-behind > context.acceptedFutureMs) return `${Math.round(-behind / 1000)} s ahead`;
  return undefined;
}

/** Writes a row or notes a part; a text says why the event can be neither. */
function planEvent(draft: Draft, index: number, id: ReadRequestId, event: EventEnvelope): string | undefined {
  switch (draft.batch.key.kind) {
    case EventKind.EVENT_KIND_EXCHANGE:
      return planExchangeEvent(draft, index, id, event);
    case EventKind.EVENT_KIND_BODY:
      if (event.field !== EVENT_FIELD.body) return misplaced(event);
      writeBodyRow(draft.rows, id.bytes, draft.agentId, readBody(event.message));
      break;
    default:
      if (event.field === EVENT_FIELD.websocket)
        writeFrameRow(draft.rows, id, draft.agentId, readWebSocketFrame(event.message));
      else if (event.field === EVENT_FIELD.sse)
        writeFrameRow(draft.rows, id, draft.agentId, readServerSentEvent(event.message));
      else return misplaced(event);
  }
  endRow(draft, index, 1);
  return undefined;
}

function planExchangeEvent(
  draft: Draft,
  index: number,
  id: ReadRequestId,
  event: EventEnvelope,
): string | undefined {
  const columns = noColumns();
  switch (event.field) {
    case EVENT_FIELD.exchange:
      readExchange(event.message, columns);
      writeExchangeRow(draft.rows, id.bytes, draft.batchColumns, columns);
      endRow(draft, index, 1);
      return undefined;
    case EVENT_FIELD.request:
      readRequest(event.message, columns);
      break;
    case EVENT_FIELD.response:
      readResponse(event.message, columns);
      break;
    case EVENT_FIELD.end:
      readEnd(event.message, columns);
      break;
    default:
      return misplaced(event);
  }
  const measure = columns.outcome === undefined ? 0 : 1;
  draft.parts.push({ eventIndex: index, requestId: id.bytes, columns, measure });
  draft.measure += measure;
  return undefined;
}

function endRow(draft: Draft, index: number, measure: number): void {
  draft.rowEnds.push(draft.rows.position());
  draft.rowEvents.push(index);
  draft.measure += measure;
}

function misplaced(event: EventEnvelope): string {
  return event.field === 0
    ? 'the event is empty'
    : `field ${event.field} of TrafficEvent is unknown or has no place in a batch of this kind`;
}
