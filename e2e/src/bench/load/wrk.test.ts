import assert from 'node:assert/strict';
import test from 'node:test';
import { parseWrk } from './wrk.ts';

test('the result of wrk is read', () => {
  const text = `Running 4s test @ http://127.0.0.1:8080/
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.80ms    1.00ms  20.00ms   90.00%
    Req/Sec    36.10k     1.20k   38.00k    70.00%
  143210 requests in 4.00s, 170.20MB read
Requests/sec:  35802.50
Transfer/sec:     42.55MB
`;

  const result = parseWrk(text);

  assert.deepEqual(result, { requests: 143_210, requestsPerSecond: 35_802.5, failures: 0 });
});

test('socket errors and refusals count as failures', () => {
  const text = `  10 requests in 1.00s, 1KB read
  Socket errors: connect 1, read 2, write 3, timeout 4
  Non-2xx or 3xx responses: 5
Requests/sec:     10.00
`;

  const result = parseWrk(text);

  assert.equal(result.failures, 15);
});

test('a text without a result is a fault', () => {
  assert.throws(() => parseWrk('unable to connect'), /no result/);
});
