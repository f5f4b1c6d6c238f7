import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventKind, TrafficBatch, type TrafficEvent } from '@culvert/proto';
import { createBooks } from '../books/books.ts';
import type { Segment } from './segment.ts';
import { BATCH_BYTES, Spool } from './spool.ts';

const HEADROOM = 100;
const LIMIT = 64 * 1024;

/** A spool in front of a server that takes 64 KiB in one message. */
function setUp(kind: EventKind) {
  const books = createBooks();
  const spool = new Spool({
    limitBytes: 4 * BATCH_BYTES,
    headroom: HEADROOM,
    books,
    now: () => 0,
    onContent: () => undefined,
  });
  const write = (counted: 0 | 1, event: object, id = 0): void => {
    const requestId = `01900000-0000-7000-8000-${String(id).padStart(12, '0')}`;
    const bytes = TrafficBatch.encode(
      TrafficBatch.fromPartial({ events: [{ requestId, event: event as never }] }),
    ).finish();
    const segment = spool.room(kind, bytes.length);
    assert.ok(segment);
    segment.buffer.set(bytes, segment.end);
    spool.wrote(segment, segment.end + bytes.length, counted);
  };
  /** Takes what is left, checks that it fits, and gives its events. */
  const takeAll = (): { segments: Segment[]; events: TrafficEvent[] } => {
    const segments: Segment[] = [];
    for (let next = spool.take(-1); next !== undefined; next = spool.take(-1)) segments.push(next);
    for (const segment of segments) assert.ok(segment.end <= LIMIT, `${segment.end} bytes`);
    const events = segments.flatMap(
      ({ buffer, start, end }) => TrafficBatch.decode(buffer.subarray(start, end)).events,
    );
    assert.equal(
      events.length,
      segments.reduce((sum, segment) => sum + segment.events, 0),
    );
    return { segments, events };
  };
  spool.limitBatches(LIMIT);
  return { books, spool, write, takeAll };
}

function request(headBytes: number): object {
  return { method: 'GET', headers: [{ name: Buffer.from('x'), value: Buffer.alloc(headBytes, 1) }] };
}

test('a segment that is larger than the server takes is cut between its events, in order', () => {
  const { books, spool, write, takeAll } = setUp(EventKind.EVENT_KIND_EXCHANGE);
  for (let id = 0; id < 30; id++) {
    write(0, { $case: 'request', request: request(6_000) }, id);
    write(1, { $case: 'end', end: { durationUs: id } }, id);
  }
  books.exchange.captured = 30;
  const { segments, events } = takeAll();
  assert.equal(segments.length, 3);
  assert.equal(
    segments.reduce((sum, segment) => sum + segment.counted, 0),
    30,
  );
  assert.deepEqual(
    events.map(({ requestId, event }) => `${requestId.slice(-2)}${event?.$case}`),
    Array.from({ length: 30 }, (_, id) => [id, id].map((n) => String(n).padStart(2, '0'))).flatMap(([id]) => [
      `${id}request`,
      `${id}end`,
    ]),
  );
  for (const segment of segments) spool.release(segment, true);
  assert.equal(spool.allocatedBytes, 0);
});

test('a body chunk that is larger than the server takes becomes several, which the books know', () => {
  const { books, write, takeAll } = setUp(EventKind.EVENT_KIND_BODY);
  const data = Buffer.from(Array.from({ length: 140_000 }, (_, index) => index % 251));
  write(1, { $case: 'body', body: { direction: 2, offset: 7, data, last: true, encoding: 1 } });
  books.body.captured = 1;
  const { events } = takeAll();
  const chunks = events.map(({ event }) => (event?.$case === 'body' ? event.body : assert.fail()));
  assert.ok(Buffer.concat(chunks.map((chunk) => chunk.data)).equals(data));
  assert.deepEqual(
    chunks.map((chunk) => chunk.last),
    [false, false, true],
  );
  assert.equal(chunks[1]?.offset, 7 + (chunks[0]?.data.length ?? 0));
  assert.equal(books.body.captured, 3);
  assert.equal(books.body.spooled, 3);
});

test('an exchange that is larger than the server takes travels in parts, or is dropped as too large', () => {
  const { books, write, takeAll } = setUp(EventKind.EVENT_KIND_EXCHANGE);
  const response = (headBytes: number) => ({
    status: 200,
    headers: [{ name: Buffer.from('y'), value: Buffer.alloc(headBytes, 1) }],
    end: { durationUs: 5, outcome: 1 },
  });
  write(1, { $case: 'exchange', exchange: { request: request(40_000), response: response(40_000) } }, 1);
  write(1, { $case: 'exchange', exchange: { request: request(70_000), response: response(1) } }, 2);
  const { events } = takeAll();
  assert.deepEqual(
    events.map(({ event }) => event?.$case),
    ['request', 'response', 'end'],
  );
  assert.equal(books.exchange.spooled, 1);
  assert.equal(books.exchange.dropped.get('too_large'), 1);
});

test('a full spool drops parts too, and gives their memory back once', () => {
  const { books, spool, write } = setUp(EventKind.EVENT_KIND_EXCHANGE);
  const large = (): void => {
    for (let part = 0; part < 8; part++) write(0, { $case: 'request', request: request(60_000) });
    for (let part = 0; part < 8; part++) write(1, { $case: 'end', end: { durationUs: part } });
  };
  large();
  const first = spool.take(-1);
  assert.ok(first);
  for (let i = 0; i < 6; i++) large();
  assert.ok(spool.allocatedBytes <= 4 * BATCH_BYTES);
  const { exchange } = books;
  spool.release(first, true);
  const dropped = exchange.dropped.get('spool_full') ?? 0;
  assert.equal(exchange.spooled + dropped, 7 * 8);
});
