import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { V1Node } from '@kubernetes/client-node';
import { openCulvertApi } from '../rig/culvert-api.ts';
import { kubectl } from '../scene/commands.ts';
import { eventually } from '../scene/eventually.ts';
import { closeGraphql, query } from '../scene/graphql.ts';
import { webPod } from '../scene/manifests.ts';
import { openScene, type Scene } from '../scene/scene.ts';

/** What is measured; big integers come as texts. */
type Metrics = Readonly<Record<string, number | string | null>>;

const FIELDS = [
  'cpuSystemPercent',
  'cpuProcessPercent',
  'memoryUsedBytes',
  'memoryTotalBytes',
  'networkRxBytesPerSecond',
  'networkTxBytesPerSecond',
  'diskReadBytesPerSecond',
  'diskWriteBytesPerSecond',
  'diskAvailableBytes',
] as const;

describe('system metrics', { concurrency: true }, () => {
  let scene: Scene;

  before(async () => {
    scene = await openScene('metrics');
  });

  after(async () => {
    await scene?.close();
    await closeGraphql();
  });

  /** Waits for two measurements of an agent: rates need a first one to count from. */
  async function measurements(agentId: string): Promise<Metrics[]> {
    const { systemMetrics } = await eventually(
      () =>
        query<{ systemMetrics: Metrics[] }>(
          `query($id: String!) { systemMetrics(agentId: $id, limit: 5) { timestamp ${FIELDS.join(' ')} } }`,
          { id: agentId },
        ),
      ({ systemMetrics: got }) => got.length >= 2,
      `two measurements of ${agentId} are answered`,
    );
    return systemMetrics;
  }

  test('S1-15, S1-16, S1-17, S1-18, S1-26: every node is measured by the DaemonSet', async () => {
    const { stdout } = await kubectl(['get', 'nodes', '--output=json']);

    for (const { metadata } of (JSON.parse(stdout) as { items: V1Node[] }).items) {
      const all = await measurements(`node-${metadata?.name}`);
      const newest = all[0] ?? {};
      for (const field of FIELDS)
        assert.ok(Number(newest[field]) >= 0 && newest[field] !== null, `${field} is measured`);
      assert.ok(Number(newest['memoryTotalBytes']) > Number(newest['memoryUsedBytes']));
      assert.ok(Number(newest['diskAvailableBytes']) > 0);
      assert.ok(String(all[0]?.['timestamp']) > String(all[1]?.['timestamp']), 'newest first');
    }
  });

  test('a sidecar measures its own pod, within its own limit of memory', async () => {
    await scene.apply(webPod('web'));
    await scene.ready('web');
    const made = await scene.get('pod/web');

    const [newest = {}] = await measurements(made.metadata?.uid ?? '');

    assert.equal(Number(newest['memoryTotalBytes']), 256 * 1024 * 1024, 'as values limit it');
    assert.ok(Number(newest['memoryUsedBytes']) > 0);
    assert.ok(Number(newest['cpuProcessPercent']) >= 0);
    assert.ok(Number(newest['networkRxBytesPerSecond']) > 0, 'probes come in');
  });

  test('S1-12: a subscription tells of measurements as they come', async () => {
    const api = await openCulvertApi();
    const ended = new AbortController();
    try {
      const response = await fetch(api.url, {
        method: 'POST',
        headers: { ...api.headers, accept: 'text/event-stream' },
        body: JSON.stringify({ query: 'subscription { systemMetricsUpdates { agentId timestamp } }' }),
        signal: ended.signal,
      });

      let received = '';
      for await (const chunk of response.body ?? []) {
        received += Buffer.from(chunk as Uint8Array).toString();
        if (/"agentId":"node-/.test(received)) break;
      }

      assert.match(received, /event: next\ndata: .*"systemMetricsUpdates"/);
    } finally {
      ended.abort();
      await api.close();
    }
  });
});
