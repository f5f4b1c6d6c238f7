import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { batch, exchangeEvent, IDENTITY } from '../ingest/testing/batches.ts';
import { publishBatch } from '../ingest/testing/publish.ts';
import { startRig, until, type Rig } from '../ingest/testing/rig.ts';
import { createTestLog } from '../testing/log.ts';
import { MOST_WORKLOADS, OTHERS } from './owners.ts';

let rig: Rig;

before(async () => {
  rig = await startRig();
});
beforeEach(() => rig.clear());
after(() => rig.close());

test('an agent that varies its workload is counted whole, under no more workloads than a namespace may have', async () => {
  const { log, lines } = createTestLog();
  await rig.ingest({}, { log });
  const count = MOST_WORKLOADS + 20;

  for (let n = 0; n < count; n++)
    await publishBatch(
      rig.nats,
      batch([exchangeEvent()], {
        firstSequence: n + 1,
        identity: { ...IDENTITY, workload: `Deployment/made-up-${n}` },
      }),
    );
  await publishBatch(
    rig.nats,
    batch([exchangeEvent()], {
      agentId: 'agent-of-bank',
      identity: { ...IDENTITY, namespace: 'bank', workload: 'Deployment/teller' },
    }),
  );
  await rig.drained();
  await until(
    'all is compacted',
    async () => (await rig.count('SELECT count(*) FROM culvert.http_rollup_deltas')) === 0,
  );

  const counts = await rig.rows<{ namespace: string; workload: string; count: number }>(
    `SELECT namespace, workload, sum(count)::int4 AS count
     FROM culvert.http_rollups_hour JOIN culvert.http_series USING (series_id) GROUP BY 1, 2`,
  );
  const shop = counts.filter(({ namespace }) => namespace === 'shop');
  assert.equal(shop.length, MOST_WORKLOADS + 1);
  assert.equal(shop.find(({ workload }) => workload === OTHERS)?.count, 20);
  assert.equal(
    shop.reduce((sum, row) => sum + row.count, 0),
    count,
  );
  assert.deepEqual(
    counts.filter(({ namespace }) => namespace === 'bank'),
    [{ namespace: 'bank', workload: 'Deployment/teller', count: 1 }],
  );
  assert.equal(lines.filter(({ msg }) => /^more than 500 workloads/.test(String(msg))).length, 1);
  assert.match(await rig.registry.metrics(), /^culvert_rollup_crowding_deltas_total 20$/m);
});
