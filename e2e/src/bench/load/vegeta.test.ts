import assert from 'node:assert/strict';
import test from 'node:test';
import { parseVegeta } from './vegeta.ts';

test('the report of vegeta is read into milliseconds', () => {
  const json = `{"latencies":{"total":1,"mean":1,"50th":400000,"90th":1,"95th":800000,"99th":2500000,"max":9000000,"min":1},
    "requests":4000,"rate":1000.2,"throughput":999.9,"success":1,"status_codes":{"200":4000},"errors":[]}`;

  const result = parseVegeta(json);

  assert.deepEqual(result, {
    requests: 4000,
    success: 1,
    answersPerSecond: 999.9,
    latencyMs: { p50: 0.4, p95: 0.8, p99: 2.5, max: 9 },
  });
});
