import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createColumns } from './columns.ts';
import { EXCHANGE_COLUMNS, SLOT, type ExchangeColumn } from './exchange-columns.ts';
import { readUrl } from './url.ts';
import { WireReader } from './wire.ts';

function columnsOf(url: string): (name: ExchangeColumn) => string | undefined {
  const bytes = Buffer.from(url, 'latin1');
  const field = Buffer.concat([Buffer.from([bytes.length]), bytes]);
  const columns = createColumns(EXCHANGE_COLUMNS.length);
  readUrl(new WireReader(field, 0, field.length), columns);
  const text = (name: ExchangeColumn): string | undefined =>
    columns.source(SLOT[name])?.toString('utf8', columns.start(SLOT[name]), columns.end(SLOT[name]));
  return text;
}

function split(url: string): (string | undefined)[] {
  const text = columnsOf(url);
  return [text('scheme'), text('host'), text('path')];
}

test('an absolute URL falls into scheme, authority, and path with query', () => {
  assert.deepEqual(split('http://cart.local:8080/items?id=1'), ['http', 'cart.local:8080', '/items?id=1']);
  assert.deepEqual(split('https://[::1]:8443?a=/b'), ['https', '[::1]:8443', '?a=/b']);
  assert.deepEqual(split('http://a/b://c/d'), ['http', 'a', '/b://c/d']);
});

test('OPTIONS * and CONNECT have no path', () => {
  assert.deepEqual(split('http://cart.local'), ['http', 'cart.local', '']);
  assert.deepEqual(split('http://cart.local:443'), ['http', 'cart.local:443', '']);
});

test('what is no absolute URL is all path', () => {
  assert.deepEqual(split('/items'), [undefined, undefined, '/items']);
  assert.deepEqual(split('cart.local:443'), [undefined, undefined, 'cart.local:443']);
  assert.deepEqual(split('://x'), [undefined, undefined, '://x']);
  assert.deepEqual(split(''), [undefined, undefined, '']);
});

test('bytes that are no UTF-8 become latin1 characters', () => {
  assert.deepEqual(split('http://h/\xe9'), ['http', 'h', '/é']);
  assert.deepEqual(split('http://h/\xc3\xa9'), ['http', 'h', '/é']);
});

test('where a URL is not ASCII, the bytes of its target are kept beside its text', () => {
  const target = (url: string): string | undefined => columnsOf(url)('request_target');

  assert.equal(target('http://h/caf\xe9?a'), '/caf\u00e9?a');
  assert.equal(target('http://h/caf\xc3\xa9'), '/caf\u00c3\u00a9');
  assert.equal(target('http://h\xc3\xa9/x'), '/x');
  assert.equal(target('http://h/cafe'), undefined);
  assert.equal(target('http://h\xe9'), undefined);
});
