import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createResponseParser } from './response-parser.ts';
import { responseLog } from './testing/event-log.ts';

const LIMITS = { headBytes: 64 * 1024, heldBytes: 0 };

function started(...methods: readonly string[]) {
  const log = responseLog(...methods);
  const parser = createResponseParser(log, LIMITS);
  return { log, parser, feed: (text: string) => parser.feed(Buffer.from(text, 'latin1')) };
}

for (const [bytes, fault] of [
  ['X', 'malformed_response'],
  ['\r', 'malformed_response'],
  ['HTTX', 'malformed_response'],
  ['HTTP/2', 'malformed_response'],
  ['HTTP/1.2', 'malformed_response'],
  ['HTTP/1.1 0', 'malformed_response'],
  ['HTTP/1.1 2000', 'malformed_response'],
  ['HTTP/1.1 200 OK\n', 'malformed_response'],
  ['HTTP/1.1 200\r\r', 'malformed_response'],
  ['HTTP/1.1 200 OK\r\nA: b\r\n ', 'malformed_response'],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab', 'malformed_response'],
] as const) {
  test(`the last byte of ${JSON.stringify(bytes)} and no earlier one is refused as ${fault}`, () => {
    const { log, feed } = started('GET');
    feed(bytes.slice(0, -1));
    assert.ok(!log.names.includes(fault));
    feed(bytes.slice(-1));
    assert.equal(log.names.at(-1), fault);
  });
}

test('a first byte that nobody waits for is refused', () => {
  const { log, feed } = started();
  feed('H');
  assert.deepEqual(log.names, ['unexpected_response']);
});

test('the end of the connection ends a body of unknown length and nothing else', () => {
  const unknown = started('GET');
  unknown.feed('HTTP/1.1 200 OK\r\n\r\nab');
  unknown.parser.finish();
  assert.deepEqual(unknown.log.names, ['start', 'head', 'body', 'end']);
  assert.equal(unknown.parser.inMessage, false);

  for (const text of ['HTTP/1.1 2', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab']) {
    const known = started('GET');
    known.feed(text);
    known.parser.finish();
    assert.ok(!known.log.names.includes('end'));
    assert.equal(known.parser.inMessage, true);
  }
});

test('a body that ends with the connection is passed on as it comes', () => {
  const { log, parser, feed } = started('GET');
  feed('HTTP/1.1 200 OK\r\n\r\n');
  const data = Buffer.from('data');
  parser.feed(data);
  assert.equal(log.bodies[0], data);
});

test('a head with its body in one chunk is a slice of it, and so is the body', () => {
  const { log, parser } = started('GET');
  const chunk = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
  parser.feed(chunk);
  assert.equal(log.heads[0]?.bytes.buffer, chunk.buffer);
  assert.equal(log.bodies[0]?.buffer, chunk.buffer);
  assert.equal(log.heads[0].bytes.length + log.bodies[0].length, chunk.length);
});

test('101 switches also when it was not asked for', () => {
  const { log, feed } = started('GET');
  feed('HTTP/1.1 101 Switching Protocols\r\n\r\nanything');
  assert.deepEqual(log.names, ['start', 'head', 'switch']);
});

test('an interim response leaves the request waiting', () => {
  const { log, parser, feed } = started('GET');
  feed('HTTP/1.1 103 Early Hints\r\n\r\n');
  assert.equal(parser.inMessage, false);
  feed('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  assert.deepEqual(log.names, ['start', 'interim', 'start', 'head', 'end']);
});
