import { type Books as BooksMessage, EventKind } from '@culvert/proto';

/** Why something that was captured did not leave the agent. */
export type DropReason = 'spool_full' | 'too_large' | 'held_full' | 'shutdown' | 'fault';

/**
 * Counters of one kind of event since the agent started. For exchanges, at every moment:
 * captured = excluded + sampledOut + dropped + open + spooled + published, and published ≥ acknowledged.
 */
export interface KindBooks {
  readonly kind: EventKind;
  captured: number;
  readonly excluded: Map<string, number>;
  sampledOut: number;
  readonly dropped: Map<DropReason, number>;
  truncated: number;
  redactionWithheld: number;
  open: number;
  spooled: number;
  published: number;
  acknowledged: number;
  lastSequence: number;
}

/** All that an agent counts about what it captured. */
export interface Books {
  connections: number;
  readonly opaque: Map<string, number>;
  readonly exchange: KindBooks;
  readonly body: KindBooks;
  readonly frame: KindBooks;
}

export function createBooks(): Books {
  return {
    connections: 0,
    opaque: new Map(),
    exchange: createKindBooks(EventKind.EVENT_KIND_EXCHANGE),
    body: createKindBooks(EventKind.EVENT_KIND_BODY),
    frame: createKindBooks(EventKind.EVENT_KIND_FRAME),
  };
}

/** The books of one kind. */
export function booksOf(books: Books, kind: EventKind): KindBooks {
  if (kind === EventKind.EVENT_KIND_EXCHANGE) return books.exchange;
  return kind === EventKind.EVENT_KIND_BODY ? books.body : books.frame;
}

/** Adds to a counter by reason. */
export function count<R extends string>(counters: Map<R, number>, reason: R, by = 1): void {
  counters.set(reason, (counters.get(reason) ?? 0) + by);
}

/** Counts an exchange that selection left out. */
export function countLeftOut(books: Books, reason: string): void {
  if (reason === 'sampling') books.exchange.sampledOut++;
  else count(books.exchange.excluded, reason);
}

/** Counts events that waited to be sent as lost. */
export function dropSpooled(kind: KindBooks, events: number, reason: DropReason): void {
  if (events === 0) return;
  kind.spooled -= events;
  count(kind.dropped, reason, events);
}

/** All reasons together. */
export function total(counters: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const value of counters.values()) sum += value;
  return sum;
}

/** The books as they travel in a heartbeat; connections stand with the exchanges. */
export function booksMessages(books: Books): BooksMessage[] {
  return [books.exchange, books.body].map((kind) => {
    const ofConnections = kind === books.exchange;
    return {
      kind: kind.kind,
      connections: ofConnections ? books.connections : 0,
      opaqueConnections: ofConnections ? total(books.opaque) : 0,
      opaqueByReason: ofConnections ? Object.fromEntries(books.opaque) : {},
      captured: kind.captured,
      excludedByReason: Object.fromEntries(kind.excluded),
      sampledOut: kind.sampledOut,
      droppedByReason: Object.fromEntries(kind.dropped),
      truncated: kind.truncated,
      redactionWithheld: kind.redactionWithheld,
      open: kind.open,
      spooled: kind.spooled,
      published: kind.published,
      acknowledged: kind.acknowledged,
      lastSequence: kind.lastSequence,
    };
  });
}

function createKindBooks(kind: EventKind): KindBooks {
  return {
    kind,
    captured: 0,
    excluded: new Map(),
    sampledOut: 0,
    dropped: new Map(),
    truncated: 0,
    redactionWithheld: 0,
    open: 0,
    spooled: 0,
    published: 0,
    acknowledged: 0,
    lastSequence: 0,
  };
}
