import { equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import { culvert } from '../testing/culvert.ts';
import { sendJson, startPeer } from '../testing/peer.ts';

test('counts in buckets of time are shown in the order of time, the largest of a bucket first', async (t) => {
  const peer = await startPeer((response) => {
    // As the orchestrator sends them: those with the most exchanges first.
    const groups = [group('15:00', 9), group('14:00', 7), group('15:00', 5), group('14:00', 2)];
    sendJson(response, {
      data: { transactionStats: { since: null, until: null, truncated: false, groups } },
    });
  });
  t.after(() => peer.close());
  const ask = (...more: string[]) => culvert(['stats', '--url', peer.url, '--by', 'status', ...more]);

  const table = await ask('--bucket', '1h');
  const lines = await ask('--bucket', '1h', '-o', 'json');
  const together = await ask('-o', 'json');

  match(table.output, /^FROM.*\n[^\n]* 7 .*\n[^\n]* 2 .*\n[^\n]* 9 .*\n[^\n]* 5 .*\n$/);
  equal(counts(lines.output), '7 2 9 5');
  equal(counts(together.output), '9 7 5 2');
});

function counts(output: string): string {
  const lines = output.trimEnd().split('\n');
  return lines.map((line) => (JSON.parse(line) as { count: number }).count).join(' ');
}

function group(time: string, count: number) {
  return {
    bucketStart: `2026-11-20T${time}:00.000Z`,
    cluster: null,
    namespace: null,
    workload: null,
    method: null,
    pathTemplate: null,
    statusClass: 2,
    count,
    errors: 0,
    errorShare: 0,
    p50Ms: 1000,
    p90Ms: 1000,
    p99Ms: 1000,
    requestBytes: 0,
    responseBytes: 0,
  };
}
