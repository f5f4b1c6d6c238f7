import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBindings } from './bindings.ts';

test('captured ports are read with and without a bind address, IPv6 included', () => {
  assert.deepEqual(parseBindings('8082=127.0.0.1:8081, 0.0.0.0:15900=app.local:80,[::1]:1=[fd00::2]:2'), [
    { host: '127.0.0.1', port: 8082, upstream: { host: '127.0.0.1', port: 8081 } },
    { host: '0.0.0.0', port: 15900, upstream: { host: 'app.local', port: 80 } },
    { host: '::1', port: 1, upstream: { host: 'fd00::2', port: 2 } },
  ]);
});

for (const [text, reason] of [
  ['', /must look like/],
  ['8082', /must look like/],
  ['8082=8081', /must look like/],
  ['8082=host:99999', /must look like/],
  ['8082=host:0', /port 0 as a destination/],
  ['x:8082=host:1', /can only bind to an IP address/],
  ['1=a:2,1=b:3', /names 127\.0\.0\.1:1 twice/],
  ['127.0.0.1:5=127.0.0.1:5', /to itself/],
  ['0.0.0.0:5=127.0.0.1:5', /to itself/],
  ['5=localhost:5', /to itself/],
  ['1=fd00::1:2', /must look like/],
  ['x,1=a:0', /must look like .*"x"; has port 0 as a destination: "1=a:0"/],
] as const) {
  test(`the captured ports ${JSON.stringify(text)} are refused with a reason`, () => {
    assert.throws(() => parseBindings(text), reason);
  });
}

test('a binding may lead to the pod, whose address is known elsewhere', () => {
  assert.deepEqual(parseBindings('[::]:15900=pod:8080'), [
    { host: '::', port: 15_900, upstream: { host: 'pod', port: 8080 } },
  ]);
  assert.throws(() => parseBindings('[::]:8080=pod:8080'), /sends a port to itself/);
});
