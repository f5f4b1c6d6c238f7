import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sent } from '../traffic/sent.ts';
import { compare } from './compare.ts';
import type { Details, Exchange } from './exchange.ts';

const sent: Sent = {
  id: 'run.01',
  method: 'POST',
  target: '/orders?x=1',
  status: 201,
  requestBody: Buffer.from('question'),
  responseBody: Buffer.from('answer'),
  state: 'COMPLETE',
};

const exchange: Exchange = {
  requestId: 'id',
  method: 'POST',
  url: 'http://shop.local/orders?x=1',
  status: 201,
  timestamp: '2026-11-21T08:00:00.000Z',
  state: 'COMPLETE',
  durationMs: 1.5,
  requestBodyBytes: '8',
  responseBodyBytes: '6',
  requestBodyState: 'COMPLETE',
  responseBodyState: 'COMPLETE',
  requestHeaders: '[]',
};

const details: Details = {
  responseHeaders: '[]',
  requestBody: Buffer.from('question').toString('base64'),
  responseBody: Buffer.from('answer').toString('base64'),
};

test('an exchange that equals what was sent has no differences', () => {
  assert.deepEqual(compare(sent, [exchange], details), []);
});

test('an exchange that is not there is missing', () => {
  assert.deepEqual(compare(sent, [], null), ['POST /orders?x=1 (run.01) is missing']);
});

test('an exchange that is there twice is reported', () => {
  assert.deepEqual(compare(sent, [exchange, exchange], details), [
    'POST /orders?x=1 (run.01) is there 2 times',
  ]);
});

test('every difference in status, state, size and body is named', () => {
  const other = { ...exchange, status: 500, state: 'INCOMPLETE', responseBodyBytes: '5' };
  const cut = { ...details, requestBody: null, responseBody: Buffer.from('other').toString('base64') };

  assert.deepEqual(compare(sent, [other], cut), [
    'POST /orders?x=1 (run.01) has status 500, not 201',
    'POST /orders?x=1 (run.01) has state INCOMPLETE, not COMPLETE',
    'POST /orders?x=1 (run.01) has no request body',
    'POST /orders?x=1 (run.01) has response body bytes 5, not 6',
    'POST /orders?x=1 (run.01) has another response body than was sent',
  ]);
});

test('bodies that cannot be known are not compared', () => {
  const tunnel: Sent = { ...sent, requestBody: undefined, responseBody: undefined, state: 'UPGRADED' };

  assert.deepEqual(compare(tunnel, [{ ...exchange, state: 'UPGRADED', responseBodyBytes: null }], null), []);
});
