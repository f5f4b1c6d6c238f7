import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startNatsServer } from '@culvert/demo/launcher/nats-server';
import { DEFAULT_RULES } from '@culvert/policy/port-rules';
import { TrafficBatch } from '@culvert/proto';
import { createLogger } from '@culvert/runtime/log';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect as connectNats } from '@nats-io/transport-node';
import type { Books, KindBooks } from './books/books.ts';
import type { Sidecar } from './sidecar.ts';
import { startAnsweringUpstream, startLoad } from './testing/load.ts';
import { instrument } from './testing/seams.ts';

/** Stations of the capture path, with what selection and redaction use. */
const STATIONS = [
  'sidecar/src/select/',
  'sidecar/src/capture/exchange/',
  'sidecar/src/capture/http1/',
  'sidecar/src/encode/',
  'sidecar/src/spool/',
  'sidecar/src/publish/',
  'traffic/src/select/',
];
const seams = instrument(
  (path) => STATIONS.some((station) => path.includes(station)) && !path.includes('/testing/'),
);
// Only what is imported from here on is instrumented.
const { readConfig } = await import('./config.ts');
const { startSidecar } = await import('./sidecar.ts');
const { becomes } = await import('./capture/testing/kit.ts');
const { randomNumbers } = await import('./capture/http1/testing/random-numbers.ts');

const CONNECTIONS = 3;
/** An exchange that takes longer is published while it is open. */
const OPEN_AFTER_MS = 10;
const LONG_MS = 25;
/** Less than a segment of the spool can hold, so that segments are cut. */
const PAYLOAD_BYTES = 100_000;

class Fault extends Error {}

/** Throws in the next call of a function, once. */
function armOnce(seam: number): { readonly fired: boolean } {
  const armed = { fired: false };
  seams.onCall = (called) => {
    if (called !== seam || armed.fired) return;
    armed.fired = true;
    throw new Fault(`injected into ${seams.names[seam] ?? ''}`);
  };
  return armed;
}

function calm(): void {
  seams.onCall = () => undefined;
}

const rules = {
  ...DEFAULT_RULES,
  match: [{ statuses: [{ min: 200, max: 599 }] }],
  exclude: [{ paths: [{ type: 'Exact', value: '/excluded' }] }],
  sampling: { numerator: 9, denominator: 10 },
  redaction: { headers: ['authorization', 'x-t'], cookies: ['sid'], queryParameters: ['token'] },
};
/** Redacts, samples and leaves out; on half of the tests' ports it waits for statuses. */
const DOCUMENT = JSON.stringify({
  schemaVersion: 1,
  kind: 'Workload',
  revision: 'faults',
  namespace: 'default',
  workload: '',
  policies: [],
  ports: {},
  otherPorts: rules,
});

async function setUp(t: TestContext, environment: Record<string, string> = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'culvert-faults-'));
  const nats = await startNatsServer({
    storeDir: join(directory, 'nats'),
    port: 0,
    maxPayloadBytes: PAYLOAD_BYTES,
  });
  const client = await connectNats({ servers: nats.url });
  const manager = await jetstreamManager(client);
  await manager.streams.add({ name: 'T', subjects: ['culvert.exchange.>', 'culvert.body.>'] });
  const upstream = await startAnsweringUpstream(LONG_MS);
  const config = readConfig({
    CULVERT_CAPTURE: `0=127.0.0.1:${upstream.port}`,
    CULVERT_METRICS_PORT: '0',
    CULVERT_AGENT_ID: 'agent',
    CULVERT_STATE_DIR: join(directory, 'state'),
    CULVERT_OPEN_AFTER_MS: String(OPEN_AFTER_MS),
    CULVERT_LINGER_MS: '5',
    CULVERT_FLUSH_MS: '2000',
    CULVERT_CONFIG_DOCUMENT: DOCUMENT,
    NATS_URL: nats.url,
    ...environment,
  });
  const sidecar = await startSidecar(config, '0', createLogger('test', 'silent' as 'fatal'));
  const load = await startLoad(sidecar.ports[0] as number, CONNECTIONS);
  let stopped: Promise<boolean> | undefined;
  const stop = (): Promise<boolean> => (stopped ??= sidecar.stop());
  t.after(async () => {
    calm();
    load.close();
    await stop();
    upstream.close();
    await client.close();
    await nats.stop();
    rmSync(directory, { recursive: true });
  });
  const stored = async (): Promise<number> => {
    let ended = 0;
    const { state } = await manager.streams.info('T');
    for (let seq = state.first_seq; seq > 0 && seq <= state.last_seq; seq++) {
      const message = await manager.streams.getMessage('T', { seq });
      if (message?.subject.startsWith('culvert.exchange.') !== true) continue;
      for (const { event } of TrafficBatch.decode(message.data).events)
        if (event?.$case === 'exchange' || event?.$case === 'end') ended++;
    }
    return ended;
  };
  return { nats, sidecar, load, stop, stored };
}

/** All faults that the sidecar says it contained. */
async function faults({ metricsPort }: Sidecar): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  return [...metrics.matchAll(/^culvert_faults_total\{.*\} (\d+)$/gm)].reduce(
    (all, [, n]) => all + Number(n),
    0,
  );
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, value) => total + value, 0);
}

/** What is in none of the buckets, or in two: nothing may be. */
function unaccounted(kind: KindBooks): number {
  const out = sum(kind.excluded) + kind.sampledOut + sum(kind.dropped);
  return kind.captured - out - kind.open - kind.spooled - kind.published;
}

function assertBalanced(books: Books, after: string): void {
  assert.deepEqual([unaccounted(books.exchange), unaccounted(books.body)], [0, 0], after);
}

test('each function of the capture path throws once under load: nothing breaks, and the books tell', async (t) => {
  const { sidecar, load, stop, stored } = await setUp(t);
  const { books } = sidecar;
  const reached = new Set<number>();
  seams.onCall = (seam) => reached.add(seam);
  await load.round(3);
  calm();
  assert.ok(reached.size > 150, `only ${reached.size} functions were reached`);

  let fired = 0;
  for (const seam of reached) {
    const armed = armOnce(seam);
    for (let i = 0; i < 3 && !armed.fired; i++) await load.round();
    if (armed.fired) fired++;
    const name = seams.names[seam] ?? '';
    assert.deepEqual(load.broken, [], name);
    assertBalanced(books, name);
    assert.equal(books.opaque.get('capture_off'), undefined, `${name}: capture goes on`);
  }
  calm();
  assert.ok(fired > 150, `only ${fired} functions threw`);
  assert.ok((await faults(sidecar)) >= fired, 'each fault is counted');
  load.close();
  await becomes(() => books.exchange.open === 0, 'every exchange has ended');
  assert.equal(await stop(), true);
  assertBalanced(books, 'at the end');
  assert.deepEqual([books.exchange.spooled, books.body.spooled], [0, 0]);
  assert.equal(books.exchange.acknowledged, books.exchange.published);
  assert.equal(await stored(), books.exchange.published);
  assert.ok((books.exchange.dropped.get('fault') ?? 0) > 0);
});

for (const seed of [1, 2, 3]) {
  test(`functions throw at random, seed ${seed}: nothing breaks, and the books tell`, async (t) => {
    const { sidecar, load, stop } = await setUp(t);
    const random = randomNumbers(seed);
    seams.onCall = (seam) => {
      if (random(400) === 0) throw new Fault(`injected into ${seams.names[seam] ?? ''}`);
    };
    for (let i = 0; i < 10; i++) {
      await load.round();
      assertBalanced(sidecar.books, `round ${i}`);
    }
    calm();
    assert.deepEqual(load.broken, []);
    load.close();
    await stop();
    assertBalanced(sidecar.books, 'at the end');
  });
}

/** Parts of names of functions, from the innermost to the outermost ones. */
const ALWAYS = [
  'writeExchangeEvent',
  ' room',
  ' wrote',
  ' take',
  ' make',
  '#pump',
  '#settle',
  'abandon',
  '#onResponseEnd',
  'fromClient',
  'closed',
  'giveUp',
];
for (const always of ALWAYS) {
  test(`functions named ${always} throw whenever they are called: capture suffers, and nothing else`, async (t) => {
    const { sidecar, load, stop } = await setUp(t, { CULVERT_FLUSH_MS: '100' });
    let thrown = 0;
    seams.onCall = (seam) => {
      const name = seams.names[seam] ?? '';
      if (!name.endsWith(always)) return;
      thrown++;
      throw new Fault(`injected into ${name}`);
    };
    await load.round(2);
    assert.deepEqual(load.broken, []);
    assertBalanced(sidecar.books, always);
    load.close();
    await stop();
    assertBalanced(sidecar.books, 'at the end');
    assert.ok(thrown > 0 || always === 'abandon' || always === 'giveUp', 'the function was called');
  });
}
