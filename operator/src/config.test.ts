import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigurationError } from '@culvert/runtime/config';
import { readConfig } from './config.ts';

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigurationError);
    return error.problems;
  }
}

test('an empty environment is a configuration', () => {
  assert.equal(readConfig({}).leaseDurationMs, 15_000);
});

test('resources and further settings of sidecars are read from JSON', () => {
  const config = readConfig({
    CULVERT_SIDECAR_RESOURCES: '{"requests":{"cpu":"1m"}}',
    CULVERT_SIDECAR_ENV: '{"CULVERT_SPOOL_BYTES":"8388608"}',
  });

  assert.deepEqual(config.sidecarResources, { requests: { cpu: '1m' } });
  assert.deepEqual(config.sidecarEnvironment, { CULVERT_SPOOL_BYTES: '8388608' });
});

test('every mistake is told at once', () => {
  const problems = problemsOf({
    CULVERT_SIDECAR_RESOURCES: '{"cpu":{}}',
    CULVERT_SIDECAR_ENV: '{"CULVERT_SPOOL_BYTES":1}',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318',
    CULVERT_RENEW_DEADLINE_MS: '20000',
  });

  assert.equal(problems.length, 4);
  assert.match(problems.join('\n'), /may hold requests and limits, not "cpu"/);
  assert.match(problems.join('\n'), /CULVERT_RENEW_DEADLINE_MS must be less than CULVERT_LEASE_DURATION_MS/);
});

test('resources that are no objects of texts are refused', () => {
  assert.match(
    problemsOf({ CULVERT_SIDECAR_RESOURCES: '{"limits":{"cpu":1}}' })[0] ?? '',
    /quantities as texts/,
  );
  assert.match(problemsOf({ CULVERT_SIDECAR_RESOURCES: '{"limits":null}' })[0] ?? '', /must hold/);
});
