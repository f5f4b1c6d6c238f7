import { setTimeout as delay } from 'node:timers/promises';
import type { JetStreamManager } from '@nats-io/jetstream';
import { freePort } from '@culvert/demo/launcher/ports';
import type { ManagedProcess } from '@culvert/demo/launcher/process';
import type { Core } from '../../children.ts';
import type { Bench } from '../../context.ts';
import { bundle } from '../../tools/bundle.ts';
import { until } from '../../until.ts';

const STREAM = 'CULVERT_TRAFFIC';
const POLL_MS = 10;
const TIMEOUT_MS = 600_000;

/** Where an ingester works. */
export interface IngesterAddresses {
  readonly postgresUrl: string;
  readonly natsUrl: string;
}

/** Starts an orchestrator, bundled, in its ingest role only, and returns at once. */
export function startIngester(
  bench: Bench,
  { postgresUrl, natsUrl }: IngesterAddresses,
  metricsPort = 0,
  core: Core = 'any',
): Promise<ManagedProcess> {
  return bench.children.start({
    name: 'orchestrator',
    core,
    command: [...bundle(bench, 'orchestrator'), '--roles', 'ingest'],
    environment: {
      CULVERT_POSTGRES_URL: postgresUrl,
      NATS_URL: natsUrl,
      CULVERT_METRICS_PORT: String(metricsPort),
      CULVERT_DATA_DIR: bench.workDirectory,
      CULVERT_LOG_LEVEL: 'warn',
    },
  });
}

/** Runs an ingester until it is ready, which leaves streams, consumers, tables and partitions behind. */
export async function prepareByIngester(bench: Bench, addresses: IngesterAddresses): Promise<void> {
  const metricsPort = await freePort();
  const ingester = await startIngester(bench, addresses, metricsPort);
  await until('ingest is ready', async () => {
    if (!ingester.running) return true;
    const response = await fetch(`http://127.0.0.1:${metricsPort}/readyz`);
    await response.arrayBuffer();
    return response.status === 200;
  });
  if (!ingester.running) throw new Error(`ingest ended at once:\n${ingester.tail()}`);
  await bench.children.stop(ingester);
}

/**
 * Waits until every batch of the stream has been taken out of it by acknowledgements.
 *
 * @returns milliseconds from right before the first batch was seen delivered
 * @throws when the ingester ends or ten minutes are over
 */
export async function untilDrained(manager: JetStreamManager, ingester: ManagedProcess): Promise<number> {
  const deadline = performance.now() + TIMEOUT_MS;
  let begin: number | undefined;
  let lastIdle = performance.now();
  while (performance.now() < deadline && ingester.running) {
    const asked = performance.now();
    begin ??= (await anyDelivered(manager)) ? lastIdle : undefined;
    if (begin !== undefined && (await manager.streams.info(STREAM)).state.messages === 0)
      return performance.now() - begin;
    lastIdle = asked;
    await delay(POLL_MS);
  }
  throw new Error(`ingest did not finish:\n${ingester.tail()}`);
}

async function anyDelivered(manager: JetStreamManager): Promise<boolean> {
  for await (const consumer of manager.consumers.list(STREAM))
    if (consumer.delivered.stream_seq > 0) return true;
  return false;
}
