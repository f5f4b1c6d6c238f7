import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HttpRequestData, TrafficBatch, type TrafficEvent } from '@culvert/proto';
import { readBatch } from '../ingest/decode/batch.ts';
import { createColumns } from '../ingest/decode/columns.ts';
import { EXCHANGE_COLUMNS } from '../ingest/decode/exchange-columns.ts';
import { readRequest } from '../ingest/decode/exchange.ts';
import { WireReader } from '../ingest/decode/wire.ts';
import { batch, exchangeEvent, fields, partEvents } from '../ingest/testing/batches.ts';
import { headerText } from '../query/header-text.ts';
import { headersOf } from '../query/transaction.ts';
import { isStorable, liveExchange, mergeExchanges, type LiveExchange } from './live-exchange.ts';
import { readEvents, type TakeEvent } from './read-events.ts';

const WINDOW = { now: Date.now(), acceptedPastMs: 60_000, acceptedFutureMs: 60_000 };

function encoded(...events: readonly TrafficEvent[]): Buffer {
  return Buffer.from(TrafficBatch.encode(batch(events)).finish());
}

/** The exchanges and parts of a batch with these events. */
function readAll(...events: readonly TrafficEvent[]): LiveExchange[] {
  const message = readBatch('', encoded(...events));
  const read: LiveExchange[] = [];
  const take: TakeEvent = (columns, { idStart, idEnd }) => {
    const id = message.bytes.toString('latin1', idStart, idEnd);
    read.push(liveExchange(message, id, columns, WINDOW.now));
  };
  readEvents(message, WINDOW, { whole: take, part: take, refused: assert.fail });
  return read;
}

test('header fields are told as they stood on the wire', () => {
  const headers = fields(['A', '1'], ['b', '\u00ff'], ['A', '']);
  const [exchange] = readAll(exchangeEvent(undefined, { request: { headers }, response: { headers: [] } }));
  const [, part] = readAll(...partEvents());
  assert.ok(exchange && part);

  assert.equal(headerText(headersOf(exchange, 'request')), '[["A","1"],["b","\u00ff"],["A",""]]');
  assert.equal(headerText(headersOf(exchange, 'response')), '[]');
  assert.equal(headerText(headersOf(part, 'request')), null);
});

test('header fields that stand apart in their message are told like others', () => {
  const [request] = partEvents();
  assert.ok(request.event?.$case === 'request');
  // Fields of a message may stand in any order; so these two have the method between them.
  const one = HttpRequestData.encode(HttpRequestData.create({ headers: fields(['A', '1']) })).finish();
  const two = HttpRequestData.encode(
    HttpRequestData.create({ method: 'PUT', headers: fields(['B', '2'], ['C', '3']) }),
  ).finish();
  const columns = createColumns(EXCHANGE_COLUMNS.length);
  const message = Buffer.concat([one, two]);
  readRequest(new WireReader(message, 0, message.length), columns);

  const exchange = liveExchange(readBatch('', encoded()), request.requestId, columns, 0);

  assert.equal(headerText(headersOf(exchange, 'request')), '[["A","1"],["B","2"],["C","3"]]');
  assert.equal(exchange.row.method, 'PUT');
});

test('two parts tell together what each of them knows, and that the later one was the last to come', () => {
  const [request, response] = readAll(...partEvents());
  assert.ok(request && response);

  const merged = mergeExchanges(request, { ...response, row: { ...response.row, received_at: new Date(9) } });

  assert.deepEqual(
    [merged.row.method, merged.row.status, merged.row.outcome, merged.now],
    ['GET', 200, null, 9],
  );
  assert.equal(headersOf(merged, 'request')?.equals(headersOf(request, 'request') ?? Buffer.alloc(0)), true);
  assert.equal(
    headersOf(merged, 'response')?.equals(headersOf(response, 'response') ?? Buffer.alloc(0)),
    true,
  );
  assert.ok(merged.bytes > request.bytes && merged.bytes > response.bytes);
});

test('a text with NUL, which Postgres would refuse, is found', () => {
  const [fine, path, version] = readAll(
    exchangeEvent(),
    exchangeEvent(undefined, { request: { url: Buffer.from('http://a/\0') } }),
    exchangeEvent(undefined, { request: { httpVersion: '1.1\0' } }),
  );
  assert.ok(fine && path && version);

  assert.deepEqual([fine, path, version].map(isStorable), [true, false, false]);
});
