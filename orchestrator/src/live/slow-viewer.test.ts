import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { TrafficBatch } from '@culvert/proto';
import { exchangeEvent, fields, mintRequestId } from '../ingest/testing/batches.ts';
import { until } from '../ingest/testing/rig.ts';
import { startLiveRig } from './testing/live-rig.ts';
import { createAgent, told, UPDATE } from './testing/traffic.ts';

const EXCHANGES = 50_000;
const BATCH = 250;
const MOST_BYTES = 2_000_000;
const METHODS = ['GET', 'PUT'] as const;
/** A kilobyte, so that the buffers of the system are soon full. */
const HEADERS = fields(...Array.from({ length: 16 }, (_, i) => [`X-Header-${i}`, 'v'.repeat(50)] as const));
const SUBSCRIBERS = 'culvert_live_subscribers{feed="traffic"}';

/** What the process holds once nothing is left to collect. */
async function heldBytes(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let [held, steady] = [0, 0];
  await until('nothing is left to collect', () => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    steady = Math.abs(heapUsed + arrayBuffers - held) < 20_000 ? steady + 1 : 0;
    held = heapUsed + arrayBuffers;
    return steady === 5;
  });
  return held;
}

/** Two methods by turns; each exchange has its number as path. */
function exchange(number: number) {
  return exchangeEvent(mintRequestId(), {
    request: {
      method: METHODS[number % 2] ?? '',
      url: Buffer.from(`http://cart/${number}`),
      headers: HEADERS,
    },
  });
}

test('G1: a viewer that reads nothing while 50,000 exchanges pass costs at most 2 MB, learns how many it lost, and sees the newest', async (t) => {
  const rig = await startLiveRig(t);
  const { watch, metric } = await rig.replica();
  const agent = createAgent(rig.agents);
  const brisk = await watch('subscription { trafficEvents { __typename } }');
  // They want different exchanges: what several viewers want is there only once.
  const [stuck, leaving] = await Promise.all(
    METHODS.map((method) =>
      watch(`subscription { trafficEvents(filter: { methods: ["${method}"] }) {
        ... on HttpTransaction { requestHeaders } ${UPDATE}
      } }`),
    ),
  );
  assert.ok(stuck && leaving);

  stuck.pause();
  leaving.pause();
  for (let sent = 0; sent < EXCHANGES; sent += BATCH) {
    const made = agent.made(Array.from({ length: BATCH }, (_, i) => exchange(sent + i)));
    await agent.publish(made, { payload: TrafficBatch.encode(made).finish() });
  }
  await until('all have passed', () => brisk.text().split('"HttpTransaction"').length > EXCHANGES);
  const withBoth = await heldBytes();
  leaving.leave();
  await until('one has left', async () => (await metric(SUBSCRIBERS)) === 2);
  const withOne = await heldBytes();
  stuck.resume();
  await until('the newest has come', () => stuck.text().includes(`"/${EXCHANGES - 2}"`));

  const seen = told(stuck);
  const numbers = seen.filter((entry) => typeof entry === 'string').map((path) => Number(path.slice(1)));
  const lost = EXCHANGES / 2 - numbers.length;
  const gapAt = seen.indexOf(lost);
  assert.ok(withBoth - withOne <= MOST_BYTES, `${withBoth - withOne} bytes`);
  assert.equal(brisk.text().includes('GapMarker'), false, 'nobody else misses anything');
  assert.equal(seen.length, numbers.length + 1, 'one gap');
  assert.ok(gapAt > 0 && numbers.length - gapAt <= 1_000);
  assert.deepEqual(
    numbers,
    Array.from({ length: numbers.length }, (_, i) => 2 * (i < gapAt ? i : i + lost)),
    'the oldest and the newest in their order, with the gap between them',
  );
});
