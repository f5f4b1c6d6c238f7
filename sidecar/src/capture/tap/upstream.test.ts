import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { UpstreamAddress } from './upstream.ts';
import { upstreamOf } from './upstream.ts';

const BOTH = ['10.1.2.3', '2001:db8::3'];

function toPod(port: number, addresses: readonly string[]) {
  return upstreamOf({ host: '::', port: 15_900, upstream: { host: 'pod', port } }, addresses);
}

function show({ host, port, authority }: UpstreamAddress): string {
  return `${host} ${port} ${new TextDecoder().decode(authority)}`;
}

test('A13: a binding to the pod leads to its own address, of the family that the client used', () => {
  const upstreamFor = toPod(8080, BOTH);
  assert.equal(show(upstreamFor('::ffff:192.0.2.1')), '10.1.2.3 8080 10.1.2.3:8080');
  assert.equal(show(upstreamFor('192.0.2.1')), '10.1.2.3 8080 10.1.2.3:8080');
  assert.equal(show(upstreamFor('2001:db8::9')), '2001:db8::3 8080 [2001:db8::3]:8080');
});

test('without an address of that family, or without a client, the main address serves', () => {
  assert.equal(toPod(80, ['10.1.2.3'])('2001:db8::9').host, '10.1.2.3');
  assert.equal(toPod(80, ['2001:db8::3'])('192.0.2.1').host, '2001:db8::3');
  assert.equal(toPod(80, BOTH)(undefined).host, '10.1.2.3');
});

test('without any address of the pod a binding to it can not be', () => {
  assert.throws(() => toPod(80, []), /CULVERT_POD_IPS/);
});

test('other hosts are dialled by name', () => {
  const upstreamFor = upstreamOf(
    { host: '127.0.0.1', port: 1, upstream: { host: 'db.test', port: 80 } },
    BOTH,
  );
  assert.equal(show(upstreamFor('192.0.2.1')), 'db.test 80 db.test');
});
