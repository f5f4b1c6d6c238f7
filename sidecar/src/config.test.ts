import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigurationError } from '@culvert/runtime/config';
import { readConfig } from './config.ts';

const CAPTURE = '[::]:15900=pod:8080';

function problems(environment: Record<string, string>): readonly string[] {
  try {
    readConfig({ CULVERT_CAPTURE: '1=127.0.0.1:2', ...environment });
    return [];
  } catch (error) {
    return error instanceof ConfigurationError ? error.problems : assert.fail(String(error));
  }
}

test('the addresses of the pod are needed where a binding leads there', () => {
  assert.match(problems({ CULVERT_CAPTURE: CAPTURE })[0] ?? '', /^CULVERT_POD_IPS is required/);
  assert.deepEqual(
    readConfig({ CULVERT_CAPTURE: CAPTURE, CULVERT_POD_IPS: '10.0.0.1, 2001:db8::1' }).podAddresses,
    ['10.0.0.1', '2001:db8::1'],
  );
});

test('A13: an address of the pod is never loopback', () => {
  for (const address of ['127.0.0.1', '127.9.9.9', '::1', '0.0.0.0', '::', 'localhost'])
    assert.match(problems({ CULVERT_POD_IPS: address })[0] ?? '', /^CULVERT_POD_IPS must hold/, address);
});

test('headers are redacted by default, other ones on demand, none only by that word', () => {
  const read = (value?: string) =>
    readConfig({
      CULVERT_CAPTURE: '1=127.0.0.1:2',
      ...(value !== undefined && { CULVERT_REDACT_HEADERS: value }),
    }).redactHeaders;
  assert.ok(read().includes('authorization'));
  assert.ok(read('').includes('set-cookie'), 'empty means unset');
  assert.deepEqual(read('X-Secret, Cookie'), ['x-secret', 'cookie']);
  assert.deepEqual(read('none'), []);
  assert.match(problems({ CULVERT_REDACT_HEADERS: 'a b' })[0] ?? '', /must hold field names/);
});

test('a configuration key can not hold wildcards, and labels need names', () => {
  for (const key of ['a.*', 'a.>', 'a..b', '.a', 'a b', 'k'.repeat(1_025)])
    assert.match(problems({ CULVERT_CONFIG_KEY: key })[0] ?? '', /^CULVERT_CONFIG_KEY/, key);
  assert.deepEqual(problems({ CULVERT_CONFIG_KEY: 'workload.n=2Eo.Deployment.a.0' }), []);
  assert.match(problems({ CULVERT_LABELS: 'a=b,c' })[0] ?? '', /^CULVERT_LABELS must look like/);
});
