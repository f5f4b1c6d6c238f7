import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test, type TestContext } from 'node:test';
import { startNatsServer } from '@culvert/demo/launcher/nats-server';
import { DEFAULT_RULES } from '@culvert/policy/port-rules';
import { TrafficBatch } from '@culvert/proto';
import { createLogger } from '@culvert/runtime/log';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect as connectNats } from '@nats-io/transport-node';
import type { Books, KindBooks } from './books/books.ts';
import { startAnsweringUpstream, startLoad, type Load } from './testing/load.ts';
import { instrument } from './testing/seams.ts';

/** Stations of the capture path, with what selection and redaction use. */
const STATIONS = ['sidecar/src/select/', 'sidecar/src/capture/exchange/', 'sidecar/src/capture/http1/', 'sidecar/src/encode/', 'sidecar/src/spool/', 'sidecar/src/publish/', 'traffic/src/select/'];
const seams = instrument((path) => STATIONS.some((station) => path.includes(station)) && !path.includes('/testing/'));
// Only what is imported from here on is instrumented.
const { readConfig } = await import('./config.ts');
const { startSidecar } = await import('./sidecar.ts');

const CONNECTIONS = 3;
/** An exchange that takes longer is published while it is open. */
const OPEN_AFTER_MS = 10;
const LONG_MS = 40;
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
