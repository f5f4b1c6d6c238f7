import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TrafficEvent } from './index.ts';

const LENGTH_DELIMITED = 2;

/** A field whose value is bytes, as protobuf writes it. */
function field(number: number, value: string): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | LENGTH_DELIMITED, value.length]), Buffer.from(value)]);
}

test('S1-04: an event has its id in field 1 and one of request, response or frame in field 2, 3 or 4', () => {
  const kinds = [2, 3, 4].map((number) => {
    const event = TrafficEvent.decode(Buffer.concat([field(1, 'an id'), field(number, '')]));
    assert.equal(event.requestId, 'an id');
    return event.event?.$case;
  });

  assert.deepEqual(kinds, ['request', 'response', 'websocket']);
});

test('S1-04: of several kinds in one event only the last one holds', () => {
  const event = TrafficEvent.decode(Buffer.concat([field(2, ''), field(3, '')]));

  assert.deepEqual(Object.keys(event.event ?? {}), ['$case', 'response']);
});

test('S1-04: an event of a later kind is still an event, with its id', () => {
  const event = TrafficEvent.decode(Buffer.concat([field(1, 'an id'), field(14, 'news')]));

  assert.deepEqual([event.requestId, event.event], ['an id', undefined]);
});
