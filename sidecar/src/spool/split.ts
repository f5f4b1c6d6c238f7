import { EventKind, TrafficBatch, type TrafficEvent } from '@culvert/proto';
import { eventSpans } from '../encode/event-spans.ts';
import type { Segment } from './segment.ts';

/** What {@link splitSegment} made of a segment. */
export interface Split {
  readonly parts: Segment[];
  /** Events that the books did not know before: pieces of body chunks beyond the first. */
  readonly added: number;
  /** Counted events that fit into no batch and are in no part. */
  readonly tooLarge: number;
}

interface Piece {
  readonly bytes: Uint8Array;
  readonly counted: 0 | 1;
}

/**
 * Cuts a segment between its events, because a server may take less in one message than a segment holds. A body
 * chunk that is too large by itself becomes several, a whole exchange its request, response and end.
 *
 * @param limit the largest batch in bytes, the room before its events included
 */
export function splitSegment(segment: Segment, limit: number): Split {
  const { buffer, start, end, kind } = segment;
  const most = limit - start;
  const pieces: Piece[] = [];
  let added = 0;
  let tooLarge = 0;
  for (const { from, to, counted } of eventSpans(buffer, start, end, kind)) {
    const bytes = buffer.subarray(from, to);
    if (bytes.length <= most) {
      pieces.push({ bytes, counted });
      continue;
    }
    const smaller = cutEvent(bytes, most);
    if (smaller === undefined) tooLarge += counted;
    else pieces.push(...smaller);
    if (smaller !== undefined && kind === EventKind.EVENT_KIND_BODY) added += smaller.length - 1;
  }
  return { parts: join(segment, pieces, most), added, tooLarge };
}

function join(segment: Segment, pieces: readonly Piece[], most: number): Segment[] {
  const groups: Piece[][] = [];
  let length = Infinity;
  for (const piece of pieces) {
    if (length + piece.bytes.length > most) {
      groups.push([]);
      length = 0;
    }
    groups.at(-1)?.push(piece);
    length += piece.bytes.length;
  }
  const siblings = { left: groups.length };
  return groups.map((group) => {
    const buffer = Buffer.concat([Buffer.alloc(segment.start), ...group.map((piece) => piece.bytes)]);
    return {
      ...segment,
      buffer,
      end: buffer.length,
      events: group.length,
      counted: group.filter((piece) => piece.counted === 1).length,
      siblings,
    };
  });
}

/** Smaller events that say the same; undefined when there are none. */
function cutEvent(bytes: Uint8Array, most: number): Piece[] | undefined {
  const [whole] = TrafficBatch.decode(bytes).events;
  if (whole?.event === undefined) return undefined;
  const pieces = smallerEvents(whole, most).map((event) => ({
    bytes: TrafficBatch.encode(TrafficBatch.fromPartial({ events: [event] })).finish(),
    counted: event.event?.$case === 'body' || event.event?.$case === 'end' ? (1 as const) : (0 as const),
  }));
  return pieces.length > 0 && pieces.every((piece) => piece.bytes.length <= most) ? pieces : undefined;
}

/** Framing, id and numbers of a body chunk's event. */
const CHUNK_OVERHEAD = 128;

function smallerEvents({ requestId, event }: TrafficEvent, most: number): TrafficEvent[] {
  if (event?.$case === 'body') {
    const { body } = event;
    const step = Math.max(1, most - CHUNK_OVERHEAD);
    return Array.from({ length: Math.ceil(body.data.length / step) }, (_, index) => {
      const data = body.data.subarray(index * step, (index + 1) * step);
      const last = body.last && (index + 1) * step >= body.data.length;
      return {
        requestId,
        event: { $case: 'body', body: { ...body, offset: body.offset + index * step, data, last } },
      };
    });
  }
  if (event?.$case !== 'exchange') return [];
  const { request, response } = event.exchange;
  const events: TrafficEvent[] = [];
  if (request !== undefined) events.push({ requestId, event: { $case: 'request', request } });
  if (response === undefined) return events;
  if (response.status > 0) {
    events.push({ requestId, event: { $case: 'response', response: { ...response, end: undefined } } });
  }
  if (response.end !== undefined) events.push({ requestId, event: { $case: 'end', end: response.end } });
  return events;
}
