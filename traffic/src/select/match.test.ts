import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileMatch, matchExchange } from './match.ts';
import type { ExchangeMatch } from './rules.ts';
import { requestOf } from './testing/head.ts';

const GET = requestOf('GET /', 'Host: shop.example.com');

function holds(match: ExchangeMatch, request = GET, status?: number) {
  return matchExchange(compileMatch(match), request, status);
}

test('a match that names nothing holds always', () => {
  assert.equal(holds({}), true);
  assert.equal(holds({ methods: [], hosts: [], paths: [], headers: [], statuses: [] }), true);
});

test('a method matches by its exact name', () => {
  assert.equal(holds({ methods: ['POST', 'GET'] }), true);
  assert.equal(holds({ methods: ['POST'] }), false);
  assert.equal(holds({ methods: ['GET'] }, requestOf('get /')), false);
});

test('a host matches without case, port, user information and final dot', () => {
  for (const host of [
    'shop.example.com',
    'SHOP.Example.COM:8080',
    'shop.example.com.',
    'u:p@shop.example.com',
  ])
    assert.equal(holds({ hosts: ['shop.example.com'] }, requestOf('GET /', `Host: ${host}`)), true, host);
  assert.equal(holds({ hosts: ['[2001:db8::1]'] }, requestOf('GET /', 'Host: [2001:DB8::1]:80')), true);
  assert.equal(holds({ hosts: ['example.com'] }), false);
  assert.equal(holds({ hosts: ['shop.example.com'] }, requestOf('GET /')), false, 'no Host at all');
});

test('a wildcard stands for every name below, and not for the name itself', () => {
  const matches = (host: string) => holds({ hosts: ['*.example.com'] }, requestOf('GET /', `Host: ${host}`));
  assert.deepEqual(
    ['a.example.com', 'a.b.example.com:1', 'example.com', 'badexample.com', '.example.com'].map(matches),
    [true, true, false, false, false],
  );
  assert.equal(holds({ hosts: ['*'] }), true);
});

test('an absolute target and the target of CONNECT name the host', () => {
  const absolute = requestOf('GET http://a.test:81/x?y', 'Host: a.test:81');
  assert.equal(holds({ hosts: ['a.test'], paths: [{ type: 'Exact', value: '/x' }] }, absolute), true);
  assert.equal(holds({ hosts: ['b.test'] }, requestOf('CONNECT b.test:443', 'Host: other')), true);
});

test('a path matches whole or by its first segments, without the query', () => {
  const path = (type: 'Exact' | 'Prefix', value: string, target: string) =>
    holds({ paths: [{ type, value }] }, requestOf(`GET ${target}`));
  assert.equal(path('Exact', '/orders', '/orders?x=/y'), true);
  assert.equal(path('Exact', '/orders', '/orders/1'), false);
  assert.equal(path('Prefix', '/orders', '/orders/1?x'), true);
  assert.equal(path('Prefix', '/orders', '/order'), false);
  assert.equal(path('Prefix', '/x', '/y?a=/x'), false);
  assert.equal(path('Exact', '/', 'http://h?x'), true, 'an absolute target without a path');
  assert.equal(path('Prefix', '/', '*'), false, 'OPTIONS * has no path');
});

test('a prefix matches whole segments, with or without a slash at its end', () => {
  const matching = (value: string) =>
    [
      '/',
      '/order',
      '/order/',
      '/order/1',
      '/order//1',
      '/orders',
      '/order-1',
      '/order%2F1',
      '//order',
    ].filter((target) => holds({ paths: [{ type: 'Prefix', value }] }, requestOf(`GET ${target}`)));
  assert.deepEqual(matching('/order'), ['/order', '/order/', '/order/1', '/order//1']);
  assert.deepEqual(matching('/order/'), matching('/order'));
  assert.deepEqual(matching('/').length, 9, 'every path');
  assert.deepEqual(matching('/ord'), []);
});

test('a path matches however its characters are encoded', () => {
  const path = (value: string, target: string) =>
    holds({ paths: [{ type: 'Exact', value }] }, requestOf(`GET ${target}`));
  assert.equal(path('/private', '/%70r%69vate'), true);
  assert.equal(path('/a%2Fb', '/a%2fb'), true);
  assert.equal(path('/a/b', '/a%2fb'), false, 'an encoded slash separates nothing');
  assert.equal(path('/käse', '/k%C3%A4se'), true);
  assert.equal(path('/käse', `/${Buffer.from('käse').toString('latin1')}`), true, 'bytes as they are');
});

test('a header matches by one of its lines, present or absent', () => {
  const request = requestOf('GET /', 'X-Tier: free', 'x-tier: Gold', 'Empty:');
  const header = (name: string, type: 'Exact' | 'Present' | 'Absent', value?: string) =>
    holds({ headers: [{ name, type, ...(value !== undefined && { value }) }] }, request);
  assert.equal(header('x-tier', 'Exact', 'Gold'), true);
  assert.equal(header('x-tier', 'Exact', 'gold'), false);
  assert.equal(header('X-TIER', 'Present'), true);
  assert.equal(header('x-tier', 'Absent'), false);
  assert.equal(header('x-tie', 'Absent'), true);
  assert.equal(header('x-tie', 'Present'), false);
  assert.equal(header('empty', 'Present'), true);
  assert.equal(header('empty', 'Exact', ''), true);
});

test('all headers of a match must hold', () => {
  const request = requestOf('GET /', 'a: 1', 'b: 2');
  const both = (b: string) =>
    holds(
      {
        headers: [
          { name: 'a', type: 'Exact', value: '1' },
          { name: 'b', type: 'Exact', value: b },
        ],
      },
      request,
    );
  assert.deepEqual([both('2'), both('3')], [true, false]);
});

test('a status is unknown until the response has come, unless the request rules the match out', () => {
  const errors: ExchangeMatch = {
    methods: ['GET'],
    statuses: [
      { min: 500, max: 599 },
      { min: 404, max: 404 },
    ],
  };
  assert.equal(holds(errors), 'unknown');
  assert.equal(holds(errors, requestOf('POST /')), false);
  assert.deepEqual(
    [500, 599, 404, 403, 600, 0].map((status) => holds(errors, GET, status)),
    [true, true, true, false, false, false],
  );
});
