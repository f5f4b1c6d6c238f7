import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sent } from '../traffic/sent.ts';
import { compare } from './compare.ts';
import type { Details, Exchange } from './exchange.ts';

const sent: Sent = {
  id: 'run.01',
  method: 'POST',
  target: '/orders?x=1',
  request: {
    version: '1.1',
    headers: [['Host', 'shop.local']],
    trailers: [['X-Sum', '1']],
    body: Buffer.from('question'),
    end: 'whole',
  },
  response: {
    version: '1.0',
    status: 201,
    reason: 'Made',
    headers: [['Server', 'me']],
    trailers: null,
    body: Buffer.from('answer'),
    end: 'whole',
  },
  state: 'COMPLETE',
};

const exchange: Exchange = {
  requestId: 'id',
  method: 'POST',
  url: 'http://shop.local/orders?x=1',
  httpVersion: '1.1',
  status: 201,
  reasonPhrase: 'Made',
  responseHttpVersion: '1.0',
  timestamp: '2026-11-21T08:00:00.000Z',
  state: 'COMPLETE',
  durationMs: 1.5,
  requestBodyBytes: '8',
  responseBodyBytes: 6,
  requestBodyState: 'COMPLETE',
  responseBodyState: 'COMPLETE',
  requestHeaders: '[["Host","shop.local"]]',
};

const details: Details = {
  responseHeaders: '[["Server","me"]]',
  requestTrailers: '[["X-Sum","1"]]',
  responseTrailers: null,
  requestBody: Buffer.from('question').toString('base64'),
  responseBody: Buffer.from('answer').toString('base64'),
};

const base64 = (text: string): string => Buffer.from(text).toString('base64');

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

const differences = [
  [{ method: 'PUT' }, {}, 'has method PUT, not POST'],
  [{ url: 'http://shop.local/orders' }, {}, 'has URL http://shop.local/orders, not /orders?x=1'],
  [{ httpVersion: '1.0' }, {}, 'has HTTP version 1.0, not 1.1'],
  [{ status: 500 }, {}, 'has status 500, not 201'],
  [{ reasonPhrase: '' }, {}, 'has reason phrase , not Made'],
  [{ responseHttpVersion: '1.1' }, {}, 'has HTTP version of the response 1.1, not 1.0'],
  [{ state: 'INCOMPLETE' }, {}, 'has state INCOMPLETE, not COMPLETE'],
  [{ requestHeaders: '[]' }, {}, 'has request headers [], not [["Host","shop.local"]]'],
  [{}, { responseHeaders: null }, 'has response headers null, not [["Server","me"]]'],
  [{}, { requestTrailers: null }, 'has request trailers null, not [["X-Sum","1"]]'],
  [{}, { responseTrailers: '[]' }, 'has response trailers [], not null'],
  [{ responseBodyBytes: '5' }, {}, 'has response body bytes 5, not 6'],
  [{ requestBodyState: 'CUT_OFF' }, {}, 'has request body state CUT_OFF, not COMPLETE'],
  [{}, { requestBody: null }, 'has no request body'],
  [{}, { responseBody: base64('other') }, 'has another response body than was sent'],
] as const satisfies readonly (readonly [Partial<Exchange>, Partial<Details>, string])[];

for (const [other, more, sentence] of differences)
  test(`a difference is named: ${sentence}`, () => {
    assert.deepEqual(compare(sent, [{ ...exchange, ...other }], { ...details, ...more }), [
      `POST /orders?x=1 (run.01) ${sentence}`,
    ]);
  });

test('of a message that was cut, what was sent of it must be there, and nothing is not empty', () => {
  const cut: Sent = {
    ...sent,
    request: { ...sent.request, body: Buffer.from(''), end: 'cut' },
    response: undefined,
    state: 'CLIENT_ABORTED',
  };
  const recorded: Exchange = {
    ...exchange,
    ...{ state: 'CLIENT_ABORTED', status: null, reasonPhrase: null, responseHttpVersion: null },
    ...{ requestBodyBytes: 0, responseBodyBytes: null },
    ...{ requestBodyState: 'CUT_OFF', responseBodyState: 'CUT_OFF' },
  };
  const nothing = { ...details, responseHeaders: null, requestBody: null, responseBody: null };

  assert.deepEqual(compare(cut, [recorded], nothing), []);
  assert.deepEqual(compare(cut, [{ ...recorded, responseBodyBytes: 0 }], { ...nothing, responseBody: '' }), [
    'POST /orders?x=1 (run.01) has response body bytes 0, not null',
    'POST /orders?x=1 (run.01) has a response body, and none was sent',
  ]);
});

test('of an answer that its client left, more may be there than that has read', () => {
  const left: Sent = { ...sent, response: sent.response && { ...sent.response, end: 'left' } };
  const recorded = { ...exchange, responseBodyState: 'CUT_OFF', responseBodyBytes: 9 };

  assert.deepEqual(compare(left, [recorded], { ...details, responseBody: base64('answer is') }), []);
  assert.deepEqual(compare(left, [recorded], { ...details, responseBody: base64('another is') }), [
    'POST /orders?x=1 (run.01) has another response body than was sent',
  ]);
});
