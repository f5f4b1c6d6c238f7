import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Outcome, TrafficBatch } from '@culvert/proto';
import { createColumns } from '../ingest/decode/columns.ts';
import { EXCHANGE_COLUMNS } from '../ingest/decode/exchange-columns.ts';
import { readExchange } from '../ingest/decode/exchange.ts';
import { readBatch } from '../ingest/decode/batch.ts';
import { readEvent } from '../ingest/decode/event.ts';
import { batch, end, exchangeEvent, mintRequestId } from '../ingest/testing/batches.ts';
import type { TransactionRow } from '../query/transaction.ts';
import type { ExchangeFilter } from './exchange-filter.ts';
import { compileFilter, matchesRow } from './match.ts';

const NOW = 1_800_000_000_000;

function matches(filter: ExchangeFilter, more: Partial<TransactionRow> = {}): boolean {
  const row: TransactionRow = {
    request_id: mintRequestId(NOW),
    agent_id: 'agent-1',
    cluster: 'local',
    namespace: 'shop',
    workload: 'Deployment/cart',
    received_at: new Date(NOW),
    method: 'GET',
    host: 'Cart.Local:8080',
    path: '/Items?id=1',
    url: 'http://Cart.Local:8080/Items?id=1',
    status: 200,
    duration_us: '1005',
    outcome: Outcome.OUTCOME_COMPLETE,
    ...more,
  };
  return matchesRow(compileFilter(filter), { row, now: NOW });
}

const OPEN = { status: null, duration_us: null, outcome: null };

test('a filter that asks for nothing takes everything, an empty list nothing', () => {
  assert.equal(matches({}, { method: null, host: null, path: null, url: null, ...OPEN }), true);
  for (const name of ['methods', 'clusters', 'namespaces', 'workloads', 'agentIds', 'states'] as const)
    assert.equal(matches({ [name]: [] }), false, name);
});

test('of lists one entry must hold, and of the filter every part', () => {
  assert.equal(matches({ methods: ['PUT', 'GET'], namespaces: ['shop'], agentIds: ['agent-1'] }), true);
  assert.equal(matches({ methods: ['PUT', 'GET'], namespaces: ['bank'] }), false);
  assert.equal(matches({ methods: ['get', 'GE', 'GETS'] }), false);
  assert.equal(matches({ methods: [''] }, { method: null }), false);
  assert.equal(matches({ clusters: ['local'], workloads: ['Deployment/cart'] }), true);
  assert.equal(matches({ workloads: [''] }, { workload: '' }), true);
});

test('a host matches in any case, with its port only when one is asked for', () => {
  for (const host of ['cart.local', 'CART.LOCAL:8080']) assert.equal(matches({ host }), true, host);
  for (const host of ['cart.local:80', 'cart.local:', 'art.local', 'cart', ''])
    assert.equal(matches({ host }), false, host);
  assert.equal(matches({ host: '[::1]' }, { host: '[::1]:80' }), true);
  assert.equal(matches({ host: '[::1]' }, { host: '[::1]' }), true);
  assert.equal(matches({ host: 'a:80' }, { host: 'a:80:90' }), false);
  assert.equal(matches({ host: 'cart.local' }, { host: null }), false);
  assert.equal(matches({ host: 'É.local' }, { host: 'é.local' }), false, 'only ASCII has cases');
});

test('a path begins with the prefix as it stands; a URL contains its part in any case of ASCII letters', () => {
  assert.equal(matches({ pathPrefix: '/Items?id' }), true);
  assert.equal(matches({ pathPrefix: '/items' }), false);
  assert.equal(matches({ pathPrefix: '/Items?id=1&' }), false);
  assert.equal(matches({ pathPrefix: '' }, { path: '' }), true);
  assert.equal(matches({ pathPrefix: '' }, { path: null }), false);
  for (const urlContains of ['http://CART', 'items?ID=1', 'http://cart.local:8080/items?id=1'])
    assert.equal(matches({ urlContains }), true, urlContains);
  assert.equal(matches({ urlContains: 'id=11' }), false);
  assert.equal(matches({ urlContains: 'ÄB' }, { url: 'http://a/Äb' }), true);
  assert.equal(matches({ urlContains: 'äb' }, { url: 'http://a/Äb' }), false);
  assert.equal(matches({ urlContains: 'abc' }, { url: null }), false);
});

test('ranges include their bounds; without response or end nothing is within one', () => {
  assert.equal(matches({ status: { min: 200, max: 200 } }), true);
  assert.equal(matches({ status: { min: 201 } }), false);
  assert.equal(matches({ durationMs: { min: 1.005, max: 1.005 } }), true);
  assert.equal(matches({ durationMs: { max: 1.004 } }), false);
  for (const filter of [{ status: { min: 0 } }, { status: {} }, { durationMs: { min: 0 } }])
    assert.equal(matches(filter, OPEN), false);
});

test('the time is that of the id: since its first millisecond, before its last one', () => {
  assert.equal(matches({ since: NOW, until: NOW + 1 }), true);
  assert.equal(matches({ since: NOW + 1 }), false);
  assert.equal(matches({ until: NOW }), false);
});

test('states are those that answers tell', () => {
  assert.equal(matches({ states: ['COMPLETE'] }), true);
  assert.equal(matches({ states: ['OPEN', 'INCOMPLETE'] }), false);
  assert.equal(matches({ states: ['OPEN'] }, OPEN), true);
  assert.equal(matches({ states: ['INCOMPLETE'] }, { ...OPEN, received_at: new Date(NOW - 60_001) }), true);
});

test('decoded columns are judged as rows are', () => {
  const message = Buffer.from(
    TrafficBatch.encode(
      batch([
        exchangeEvent(mintRequestId(NOW), {
          request: { method: 'PUT', url: Buffer.from('http://h\u00e9:1/\u00c4?Q', 'latin1') },
          response: { status: 404, end: end({ durationUs: 2_500 }) },
        }),
      ]),
    ).finish(),
  );
  const columns = createColumns(EXCHANGE_COLUMNS.length);
  readExchange(readEvent(readBatch('', message), 0).message, columns);
  const judge = (filter: ExchangeFilter): boolean => compileFilter(filter).exchange(columns, NOW, 'COMPLETE');

  const held: ExchangeFilter = {
    methods: ['PUT'],
    host: 'h\u00e9',
    pathPrefix: '/\u00c4',
    urlContains: '/\u00c4?q',
    status: { min: 404, max: 404 },
    durationMs: { min: 2.5, max: 2.5 },
    since: NOW,
    states: ['COMPLETE'],
  };
  const broken: ExchangeFilter[] = [
    { methods: ['GET'] },
    { host: 'h\u00e9:2' },
    { pathPrefix: '/\u00e4' },
    { urlContains: 'abc' },
    { status: { max: 403 } },
    { durationMs: { min: 2.501 } },
    { until: NOW },
    { states: ['OPEN'] },
  ];

  assert.equal(judge(held), true);
  for (const filter of broken) assert.equal(judge({ ...held, ...filter }), false, JSON.stringify(filter));
});
