import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLoopback, refusal } from './access.ts';

const ALLOWED = ['culvert.example', 'proxy.example:8443'];

test('names that always mean this machine may ask, on any port', () => {
  for (const host of ['localhost', 'localhost:9090', '127.0.0.1:1', '127.9.9.9', '[::1]:9090', 'LOCALHOST'])
    assert.equal(refusal({ host, origin: `http://${host}` }, []), undefined, host);
});

test('names that were allowed may ask, on the port that was named or on any', () => {
  for (const host of ['culvert.example', 'culvert.example:9090', 'proxy.example:8443'])
    assert.equal(refusal({ host, origin: `https://${host}` }, ALLOWED), undefined, host);
  assert.match(refusal({ host: 'proxy.example:9090' }, ALLOWED) ?? '', /not served here/);
});

test('any other Host is refused, whatever it resolves to', () => {
  const hosts = [
    'rebound.example:9090',
    '192.168.0.7',
    '0.0.0.0:9090',
    '127.0.0.1.rebound.example',
    'localhost.rebound.example',
    'rebound.example@localhost',
    'localhost/../x',
    '[::ffff:10.0.0.1]',
    'a b',
    '',
  ];
  for (const host of hosts) assert.notEqual(refusal({ host }, ALLOWED), undefined, host);
  assert.match(refusal({}, ALLOWED) ?? '', /names no Host/);
});

test('a page of another origin is refused although it names the right Host', () => {
  for (const origin of [
    'http://evil.example',
    'null',
    'file://',
    'chrome-extension://abc',
    'http://localhost.evil',
  ])
    assert.match(refusal({ host: 'localhost:9090', origin }, ALLOWED) ?? '', /may not ask/, origin);
});

test('only addresses that no other machine can reach are loopback', () => {
  for (const host of ['localhost', '127.0.0.1', '::1', '[::1]']) assert.equal(isLoopback(host), true, host);
  for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.example'])
    assert.equal(isLoopback(host), false, host);
});
