import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { runChecks } from '@culvert/runtime/admin';
import { batch, exchangeEvent } from './testing/batches.ts';
import { publishBatch } from './testing/publish.ts';
import { startRig, until, type Rig } from './testing/rig.ts';

let rig: Rig;

before(async () => {
  rig = await startRig();
});
after(() => rig.close());

test('upkeep that fails is told with what is wrong and counts as a metric, while readiness stays', async () => {
  const first = await rig.ingest();
  await until('all works', () => Object.values(first.upkeep()).every(({ status }) => status === 'ok'));
  await rig.clear();
  // Hours that exist are used; none can be made, nothing can be counted together.
  await rig.pool.query(`
    ALTER TABLE culvert.http_series RENAME TO series_away;
    ALTER TABLE culvert.retention RENAME TO retention_away`);

  const ingest = await rig.ingest();
  await until('it is told', () => {
    const { partitions, rollups, retention } = ingest.upkeep();
    return [partitions, rollups, retention].every((part) => part?.status === 'failing');
  });

  const report = ingest.upkeep();
  assert.match(report['partitions']?.message ?? '', /^can't make partitions ahead: .*retention/);
  assert.match(report['rollups']?.message ?? '', /^can't compact rollups: .*http_series/);
  assert.match(report['retention']?.message ?? '', /^can't look after retention: /);
  const metrics = await rig.registry.metrics();
  assert.match(metrics, /^culvert_upkeep_failing\{part="partitions"\} 1$/m);
  assert.match(metrics, /^culvert_upkeep_failing\{part="indexes"\} 0$/m);
  assert.equal((await runChecks(ingest.checks)).status, 'ok');

  await rig.pool.query(`
    ALTER TABLE culvert.series_away RENAME TO http_series;
    ALTER TABLE culvert.retention_away RENAME TO retention`);
  await publishBatch(rig.nats, batch([exchangeEvent()]));
  await rig.drained();
  await until('it works again', () => ingest.upkeep()['rollups']?.status === 'ok');
});
