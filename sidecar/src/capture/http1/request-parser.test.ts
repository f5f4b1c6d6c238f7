import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ParserLimits } from './message.ts';
import { createRequestParser, type RequestParser } from './request-parser.ts';
import { requestLog } from './testing/event-log.ts';

const LIMITS = { headBytes: 64 * 1024, heldBytes: 1024 };
const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const SWITCH = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n';
const ONE = ['start', 'head', 'end'];

function started(
  options: { limits?: ParserLimits; on?: (event: string, parser: RequestParser) => void } = {},
) {
  const log = requestLog((event) => options.on?.(event, parser));
  const parser = createRequestParser(log, options.limits ?? LIMITS);
  return { log, parser, feed: (text: string) => parser.feed(Buffer.from(text, 'latin1')) };
}

for (const [bytes, fault] of [
  ['\0', 'not_http'],
  ['{', 'not_http'],
  ['\x16\x03', 'tls'],
  ['GET\r', 'not_http'],
  ['GET  ', 'malformed_request'],
  ['GET path ', 'malformed_request'],
  ['GET /\r', 'malformed_request'],
  ['GET / X', 'malformed_request'],
  ['GET / HTTP/2', 'malformed_request'],
  ['PRI * HTTP/2', 'http2'],
  ['GET / HTTP/1.1\n', 'malformed_request'],
  ['GET / HTTP/1.1\r\n ', 'malformed_request'],
  ['GET / HTTP/1.1\r\nA ', 'malformed_request'],
  ['GET / HTTP/1.1\r\nA: b\n', 'malformed_request'],
  ['GET / HTTP/1.1\r\nA: b\0', 'malformed_request'],
  ['POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\ng', 'malformed_request'],
] as const) {
  test(`the last byte of ${JSON.stringify(bytes)} and no earlier one is refused as ${fault}`, () => {
    const { log, feed } = started();
    feed(bytes.slice(0, -1));
    assert.ok(!log.names.includes(fault));
    feed(bytes.slice(-1));
    assert.equal(log.names.at(-1), fault);
  });
}

test('after a fault nothing is reported, and it is reported once', () => {
  const { log, parser, feed } = started();
  feed('\0\0');
  feed(GET);
  parser.finish();
  parser.resume();
  assert.deepEqual(log.names, ['not_http']);
});

test('a head and a body that each fill a chunk are passed on as those chunks', () => {
  const { log, parser } = started();
  const head = Buffer.from('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n');
  const body = Buffer.from('abc');
  parser.feed(head);
  parser.feed(body);
  assert.equal(log.heads[0]?.bytes, head);
  assert.equal(log.bodies[0], body);
});

test('a chunk of a chunked body that fills a received chunk is passed on as it', () => {
  const { log, parser, feed } = started();
  const data = Buffer.from('abc');
  feed('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n');
  parser.feed(data);
  assert.equal(log.bodies[0], data);
});

test('heads and bodies in one received chunk are slices of it', () => {
  const { log, parser } = started();
  const chunk = Buffer.from('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcPOST ');
  parser.feed(chunk);
  chunk.write('P', 0);
  chunk.write('X', chunk.indexOf('abc'));
  assert.equal(log.heads[0]?.bytes.buffer, chunk.buffer);
  assert.equal(log.bodies[0]?.toString(), 'Xbc');
});

test('the head tells where Host and traceparent stand', () => {
  const { log, feed } = started();
  feed('GET /x HTTP/1.1\r\nA: b\r\nTraceParent: one\r\nhost: h\r\ntraceparent: two\r\n\r\n');
  const head = log.heads[0]!;
  const value = (field: number) =>
    head.bytes.toString('latin1', head.fields[field + 2], head.fields[field + 3]);
  assert.equal(value(head.hostField), 'h');
  assert.equal(value(head.traceparentField), 'one');
  assert.equal(head.traceparentRepeated, true);
  assert.equal(head.bytes.toString('latin1', head.targetStart, head.targetEnd), '/x');
});

test('inMessage is true from the first byte of a request to its last', () => {
  const { parser, feed } = started();
  const seen = ['\r\n', 'P', 'OST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n', 'a', 'b'].map((text) => {
    feed(text);
    return parser.inMessage;
  });
  assert.deepEqual(seen, [false, true, true, true, false]);
});

test('a head of many pieces that is too large is refused when it exceeds the limit and not before', () => {
  const { log, feed } = started({ limits: { headBytes: 100, heldBytes: 0 } });
  for (const byte of `GET / HTTP/1.1\r\nA: ${'b'.repeat(81)}`) feed(byte);
  assert.equal(log.names.at(-1), 'head_too_large');
  const longest = started({ limits: { headBytes: 100, heldBytes: 0 } });
  for (const byte of `GET / HTTP/1.1\r\nA: ${'b'.repeat(77)}\r\n\r\n`) longest.feed(byte);
  assert.deepEqual(longest.log.names, ONE);
  assert.equal(longest.log.heads[0]?.bytes.length, 100);
});

test('trailers that are too large are refused', () => {
  const { log, feed } = started({ limits: { headBytes: 100, heldBytes: 0 } });
  feed('POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n');
  feed(`A: ${'b'.repeat(200)}`);
  assert.equal(log.names.at(-1), 'head_too_large');
});

test('what follows a request to switch waits for the answer', () => {
  const { log, parser, feed } = started();
  feed(SWITCH + GET);
  feed(GET);
  assert.deepEqual(log.names, ONE);
  parser.resume();
  assert.deepEqual(log.names, [...ONE, ...ONE, ...ONE]);
});

test('nothing is read after a switch', () => {
  const { log, parser, feed } = started();
  feed(SWITCH + GET);
  parser.switched();
  parser.resume();
  feed(GET);
  assert.deepEqual(log.names, ONE);
});

test('a switch that is agreed within a body is made behind it', () => {
  const { log, parser, feed } = started();
  feed(SWITCH.replace('GET', 'PUT').replace('\r\n\r\n', '\r\nContent-Length: 4\r\n\r\nab'));
  parser.switched();
  feed(`cd${GET}`);
  assert.deepEqual(log.names, ['start', 'head', 'body', 'body', 'end']);
});

test('a switch that nobody asked for stops the parser at once', () => {
  const { log, parser, feed } = started();
  feed('PUT / HTTP/1.1\r\nContent-Length: 4\r\n\r\nab');
  parser.switched();
  feed(`cd${GET}`);
  assert.deepEqual(log.names, ['start', 'head', 'body']);
});

test('more than may be held is refused', () => {
  const { log, feed } = started();
  feed(SWITCH + 'x'.repeat(1000));
  for (let index = 0; index < 24; index++) feed('y');
  assert.deepEqual(log.names, ONE);
  feed('z');
  assert.deepEqual(log.names, [...ONE, 'switch_undecided']);
});

test('requests held byte by byte are read in order', () => {
  const { log, parser, feed } = started();
  for (const byte of SWITCH + GET + SWITCH + GET) feed(byte);
  parser.resume();
  assert.deepEqual(log.names, [...ONE, ...ONE, ...ONE]);
  parser.resume();
  assert.deepEqual(log.names, [...ONE, ...ONE, ...ONE, ...ONE]);
});

test('an answer that is known when the request ends is taken within the event', () => {
  const { log, feed } = started({
    on: (event, parser) => {
      if (event === 'end') parser.resume();
    },
  });
  feed(SWITCH + GET + SWITCH + GET);
  assert.deepEqual(log.names, [...ONE, ...ONE, ...ONE, ...ONE]);
});

test('an answer that comes before the request ends is remembered', () => {
  const { log, parser, feed } = started();
  feed(SWITCH.replace('\r\n\r\n', '\r\nContent-Length: 2\r\n\r\na'));
  parser.resume();
  feed(`b${GET}`);
  assert.deepEqual(log.names, ['start', 'head', 'body', 'body', 'end', ...ONE]);
});

test('bytes that are fed within an event are read behind those at hand', () => {
  let heads = 0;
  const { log, feed } = started({
    on: (event, parser) => {
      if (event === 'head' && heads++ === 0) parser.feed(Buffer.from('3 HTTP/1.1\r\n\r\n'));
    },
  });
  feed('GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\nGET /');
  const targets = log.heads.map((head) => head.bytes.toString('latin1', head.targetStart, head.targetEnd));
  assert.deepEqual(targets, ['/1', '/2', '/3']);
});

test('a listener that throws stops the parser', () => {
  const { log, feed } = started({
    on: (event) => {
      if (event === 'head') throw new Error('broken listener');
    },
  });
  assert.throws(() => feed(GET), /broken listener/);
  feed(GET);
  assert.deepEqual(log.names, ['start', 'head']);
});
