import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Direction, MessageEnd, Outcome, TrafficBatch, type TrafficEvent } from '@culvert/proto';
import { DEFAULT_RULES } from '@culvert/policy/port-rules';
import { requestIdTime } from '@culvert/traffic/request-id';
import { compileRules } from '@culvert/traffic/select/compile';
import { BodyCapture } from '../capture/exchange/body.ts';
import { Exchange } from '../capture/exchange/exchange.ts';
import type { RequestHead, ResponseHead } from '../capture/http1/message.ts';
import { createRequestParser } from '../capture/http1/request-parser.ts';
import { createResponseParser } from '../capture/http1/response-parser.ts';
import { encodePeer } from '../capture/tap/peer.ts';
import * as events from './events.ts';

const LIMITS = { headBytes: 65_536, heldBytes: 65_536 };
const STARTED_AT = 1_790_000_000_123.456;
const ENDING = { outcome: Outcome.OUTCOME_COMPLETE, endedAt: STARTED_AT + 12.345 };
const ignore = (): undefined => undefined;

function requestHead(text: string): RequestHead {
  let seen: RequestHead | undefined;
  createRequestParser(
    {
      onStart: ignore,
      onHead: (head) => (seen = head),
      onBody: ignore,
      onTrailers: ignore,
      onEnd: ignore,
      onFault: assert.fail,
    },
    LIMITS,
  ).feed(Buffer.from(text, 'latin1'));
  assert.ok(seen);
  return seen;
}

function responseHead(text: string): ResponseHead {
  let seen: ResponseHead | undefined;
  createResponseParser(
    {
      answered: () => ({ method: 'GET', asksToSwitch: false }),
      onStart: ignore,
      onInterim: ignore,
      onHead: (head) => (seen = head),
      onBody: ignore,
      onTrailers: ignore,
      onEnd: ignore,
      onSwitch: ignore,
      onFault: assert.fail,
    },
    LIMITS,
  ).feed(Buffer.from(text, 'latin1'));
  assert.ok(seen);
  return seen;
}

function exchangeOf(request: string, response?: string): Exchange {
  const facts = {
    encodedPeer: encodePeer('2001:db8::7', 4711, 8082),
    upstreamAuthority: new TextEncoder().encode('127.0.0.1:8081'),
  };
  const head = requestHead(request);
  const exchange = new Exchange(facts, compileRules(DEFAULT_RULES), head, STARTED_AT);
  exchange.request = head;
  exchange.firstByteAt = STARTED_AT + 1.5;
  if (response !== undefined) exchange.response = responseHead(response);
  return exchange;
}

function decodeOne(bound: number, write: (buffer: Uint8Array, offset: number) => number): TrafficEvent {
  const buffer = new Uint8Array(bound + 7);
  const end = write(buffer, 7);
  assert.ok(end - 7 <= bound, `wrote ${end - 7} of at most ${bound} bytes`);
  const { events: decoded } = TrafficBatch.decode(buffer.subarray(7, end));
  assert.equal(decoded.length, 1);
  return decoded[0] as TrafficEvent;
}

function targetOf(event: TrafficEvent): string | undefined {
  assert.equal(event.event?.$case, 'exchange');
  const { request } = (event.event as { exchange: { request?: { target?: Buffer | undefined } } }).exchange;
  return request?.target?.toString('latin1');
}

function urlOf(event: TrafficEvent): string {
  assert.equal(event.event?.$case, 'exchange');
  const { request } = (event.event as { exchange: { request?: { url: Buffer } } }).exchange;
  return (request?.url ?? Buffer.alloc(0)).toString('latin1');
}

const whole = (exchange: Exchange): TrafficEvent =>
  decodeOne(events.exchangeEventBound(exchange), (buffer, offset) =>
    events.writeExchangeEvent(buffer, offset, exchange, ENDING),
  );

test('S1-05: a whole exchange decodes to what stood on the wire, with order, case and duplicates', () => {
  const exchange = exchangeOf(
    'POST /a?b=c HTTP/1.1\r\nhOsT: example.test\r\nX-A: 1\r\nx-a:  2 \r\nEmpty:\r\n' +
      'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n',
    'HTTP/1.0 299 Gr\u00fc\u00df \r\nSet-Cookie: a\r\nSet-Cookie: b\r\nX: ' +
      '\u00ff'.repeat(300) +
      '\r\n\r\n',
  );
  exchange.requestBody = new BodyCapture();
  exchange.requestBody.take(Buffer.alloc(100), 40);
  exchange.responseTrailers = { bytes: Buffer.from('T: v\r\n\r\n'), fields: [0, 1, 3, 4] };
  exchange.requestEnd = MessageEnd.MESSAGE_END_CUT;
  exchange.responseEnd = MessageEnd.MESSAGE_END_WHOLE;
  const event = whole(exchange);
  assert.equal(requestIdTime(event.requestId), Math.floor(STARTED_AT));
  assert.equal(event.event?.$case, 'exchange');
  const { request, response } = (event.event as { exchange: NonNullable<ReturnType<typeof asExchange>> })
    .exchange;
  const text = (headers: { name: Buffer; value: Buffer }[] | undefined): string[][] =>
    (headers ?? []).map((header) => [header.name.toString('latin1'), header.value.toString('latin1')]);
  assert.equal(request?.method, 'POST');
  assert.equal(request.url.toString('latin1'), 'http://example.test/a?b=c');
  assert.deepEqual(text(request.headers).slice(0, 4), [
    ['hOsT', 'example.test'],
    ['X-A', '1'],
    ['x-a', '2'],
    ['Empty', ''],
  ]);
  assert.equal(request.traceparent, '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01');
  assert.equal(request.peerAddress, '[2001:db8::7]:4711');
  assert.equal(request.capturedPort, 8082);
  assert.deepEqual(request.startedAt, { seconds: 1_790_000_000, nanos: 123_456_000 });
  assert.equal(response?.status, 299);
  assert.equal(response.reason.trimEnd(), 'Gr\u00fc\u00df');
  assert.equal(response.httpVersion, '1.0');
  assert.deepEqual(text(response.headers), [
    ['Set-Cookie', 'a'],
    ['Set-Cookie', 'b'],
    ['X', '\u00ff'.repeat(300)],
  ]);
  assert.equal(response.firstByteUs, 1_500);
  assert.equal(response.end?.durationUs, 12_345);
  assert.equal(response.end.requestBodyBytes, 100);
  assert.equal(response.end.requestTruncated, true);
  assert.equal(response.end.requestCapturedBytes, 40);
  assert.equal(response.end.outcome, Outcome.OUTCOME_COMPLETE);
  assert.equal(response.end.requestEnd, MessageEnd.MESSAGE_END_CUT);
  assert.equal(response.end.responseEnd, MessageEnd.MESSAGE_END_WHOLE);
  assert.deepEqual(text(response.end.responseTrailers), [['T', 'v']]);
});

test('a traceparent is told when it is valid and the only one, as far as all versions agree', () => {
  const valid = 'cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const told = (...values: readonly string[]): string | undefined => {
    const lines = values.map((value) => `traceparent: ${value}\r\n`).join('');
    return asExchange(whole(exchangeOf(`GET / HTTP/1.1\r\nHost: h\r\n${lines}\r\n`)))?.request?.traceparent;
  };

  assert.equal(told(valid), valid);
  assert.equal(told(`  ${valid}-what-comes-\u00e9-later\t`), valid);
  assert.equal(told(valid, valid), '');
  assert.equal(told(valid, 'nonsense'), '');
  assert.equal(told(`ff${valid.slice(2)}`), '');
  assert.equal(told(`00${valid.slice(2, -20)}${'0'.repeat(16)}-01`), '');
  assert.equal(told('x'.repeat(55)), '');
});

function asExchange(event: TrafficEvent) {
  return event.event?.$case === 'exchange' ? event.event.exchange : undefined;
}

for (const [request, url] of [
  ['GET / HTTP/1.0\r\n\r\n', 'http://127.0.0.1:8081/'],
  ['GET http://other.test/x HTTP/1.1\r\nHost: other.test\r\n\r\n', 'http://other.test/x'],
  ['OPTIONS * HTTP/1.1\r\nHost: h:1\r\n\r\n', 'http://h:1'],
  ['CONNECT h.test:443 HTTP/1.1\r\nHost: h.test:443\r\n\r\n', 'http://h.test:443'],
  ['GET /\u00e4\u0080 HTTP/1.1\r\nHost: h\r\n\r\n', 'http://h/\u00e4\u0080'],
  ['GET /e HTTP/1.1\r\nHost:\r\n\r\n', 'http://127.0.0.1:8081/e'],
] as const) {
  test(`the url of ${JSON.stringify(request.slice(0, 30))} is absolute`, () => {
    assert.equal(urlOf(whole(exchangeOf(request))), url);
  });
}

test('an exchange without a response has an end and no status', () => {
  const event = whole(exchangeOf('GET / HTTP/1.1\r\nHost: h\r\n\r\n'));
  const exchange = asExchange(event);
  assert.equal(exchange?.response?.status, 0);
  assert.equal(exchange.response.end?.durationUs, 12_345);
});

test('a head of many tiny fields stays within its bound', () => {
  const fields = Array.from({ length: 10_000 }, () => 'a:b\r\n').join('');
  const exchange = exchangeOf(`GET / HTTP/1.1\r\nHost: h\r\n${fields}\r\n`);
  assert.equal(asExchange(whole(exchange))?.request?.headers.length, 10_001);
});

test('S1-13: a body chunk carries its bytes, its place and its direction', () => {
  const exchange = exchangeOf('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
  const body = new BodyCapture();
  body.written = 70_000;
  body.total = 70_000;
  for (const part of ['one ', 'two ', 'three']) body.take(Buffer.from(part), 1_000_000);
  const event = decodeOne(events.bodyEventBound(body.held), (buffer, offset) =>
    events.writeBodyEvent(buffer, offset, exchange, Direction.DIRECTION_RESPONSE, body, true),
  );
  assert.equal(event.event?.$case, 'body');
  const { data, ...rest } = (event.event as { body: { data: Buffer; offset: number } }).body;
  assert.equal(data.toString(), 'one two three');
  assert.deepEqual(rest, { direction: 2, offset: 70_000, last: true, encoding: 1 });
});

test('S1-04: the parts of an open exchange share its id', () => {
  const exchange = exchangeOf('GET / HTTP/1.1\r\nHost: h\r\n\r\n', 'HTTP/1.1 200 OK\r\n\r\n');
  const parts = [
    decodeOne(events.requestEventBound(exchange), (b, o) => events.writeRequestEvent(b, o, exchange)),
    decodeOne(events.responseEventBound(exchange), (b, o) => events.writeResponseEvent(b, o, exchange)),
    decodeOne(events.endEventBound(exchange), (b, o) => events.writeEndEvent(b, o, exchange, ENDING)),
  ];
  assert.deepEqual(
    parts.map((part) => part.event?.$case),
    ['request', 'response', 'end'],
  );
  assert.equal(new Set(parts.map((part) => part.requestId)).size, 1);
});

test('a target in absolute form is told as it stood, and no other one', () => {
  for (const [line, target] of [
    ['GET http://a/x?y', 'http://a/x?y'],
    ['GET HTTP://a', 'HTTP://a'],
    ['OPTIONS http://a', 'http://a'],
    ['GET ftp://a/caf\u00e9', 'ftp://a/caf\u00e9'],
    ['GET /http://a/x', undefined],
    ['OPTIONS *', undefined],
    ['CONNECT a:443', undefined],
  ] as const) {
    const host = line.startsWith('CONNECT') ? 'a:443' : 'a';

    assert.equal(targetOf(whole(exchangeOf(`${line} HTTP/1.1\r\nHost: ${host}\r\n\r\n`))), target, line);
  }
});
