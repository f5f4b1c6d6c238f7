import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IDENTITY, partEvents } from '../ingest/testing/batches.ts';
import { startLiveRig } from './testing/live-rig.ts';
import { createAgent, exchangeTo, UPDATE, updates } from './testing/traffic.ts';

test('what another namespace says by the id of an agent takes nothing from what that agent says', async (t) => {
  const rig = await startLiveRig(t);
  const { watch, metric } = await rig.replica();
  const agent = createAgent(rig.agents);
  const liar = createAgent(rig.agents);
  const stream = await watch(
    `subscription { trafficEvents(filter: { namespaces: ["shop"] }) { ${UPDATE} } }`,
  );
  const [request, response, ending] = partEvents();
  const foreign = { identity: { ...IDENTITY, namespace: 'dev' } };

  await agent.publish(agent.made([request]));
  await liar.publish(liar.made([exchangeTo('/lie')], foreign));
  await liar.publish(liar.made([exchangeTo('/lie')], foreign));
  await liar.publish(liar.made([ending], foreign));
  await agent.publish(agent.made([response]));
  await agent.publish(agent.made([ending]));
  await stream.events(2);

  assert.deepEqual(
    updates(stream).map(({ state, status }) => [state, status]),
    [
      ['OPEN', null],
      ['COMPLETE', 200],
    ],
  );
  assert.equal(await metric('culvert_live_duplicate_batches_total'), 0);
});
