import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRequestIdMinter, requestIdTime } from '@culvert/traffic/request-id';
import { agentSubject } from '@culvert/traffic/subject';
import { readSubject } from './owner.ts';
import { readRequestId, readUuid, REQUEST_ID_BYTES } from './request-id.ts';
import { WireError, WireReader } from './wire.ts';

function reader(hex: string): WireReader {
  const bytes = Buffer.from(hex, 'hex');
  return new WireReader(bytes, 0, bytes.length);
}

test('numbers have up to 53 bits, in as many bytes as were written', () => {
  assert.equal(reader('00').number(), 0);
  assert.equal(reader('ac02').number(), 300);
  assert.equal(reader('ac828000').number(), 300);
  assert.equal(reader('ffffffffffffff0f').number(), Number.MAX_SAFE_INTEGER);
  for (const broken of ['', '80', 'ffffffffffffffff7f', 'ffffffffffffffffff01', '8080808080808080808001'])
    assert.throws(() => reader(broken).number(), WireError);
});

test('no field reaches beyond its message', () => {
  assert.throws(() => reader('05aabb').view(), WireError);
  for (const [tag, bytes] of [
    [1, '00'],
    [5, '000000'],
    [3, '00'],
    [7, '00'],
  ] as const)
    assert.throws(() => {
      reader(bytes).skip(tag);
    }, WireError);
});

test('a nested message is left behind its end, read or not', () => {
  const message = reader('0301bbcc07');

  const outer = message.enter();
  message.number();
  message.leave(outer);

  assert.equal(message.number(), 7);
  assert.equal(message.more(), false);
});

test('a request id is read as the minter wrote it', () => {
  const id = createRequestIdMinter()(1_790_000_000_123.5);
  const text = Buffer.from(`..${id}..`);

  assert.equal(readRequestId(text, 2, 38), requestIdTime(id));
  assert.equal(REQUEST_ID_BYTES.toString('hex'), id.replaceAll('-', ''));
});

test('only a UUIDv7 in canonical lower case is a request id', () => {
  const valid = '019a0000-0000-7000-8000-000000000000';
  for (const wrong of [
    '',
    valid.slice(1),
    `${valid}0`,
    valid.replace('-7', '-4'),
    valid.replaceAll('-', '0'),
    valid.toUpperCase(),
    valid.replace('9', 'g'),
  ])
    assert.equal(readRequestId(Buffer.from(wrong), 0, wrong.length), undefined, wrong);
  assert.equal(readUuid(Buffer.from(valid.replace('-7', '-4')), 0, 36, Buffer.alloc(16)), true);
});

test('a subject says who may speak on it', () => {
  const owner = { cluster: 'eu.1', namespace: 'shop', agentId: 'a*b' };

  assert.deepEqual(readSubject(agentSubject('frame', owner)), { kind: 3, owner });
  for (const other of [
    'culvert.exchange.a.b',
    'culvert.exchange.a.b.c.d',
    'culvert.other.a.b.c',
    'x.body.a.b.c',
  ])
    assert.equal(readSubject(other), undefined);
});
